import fc from 'fast-check';
import { type Answer, type Json, Stack } from '../harness/stack.js';
import { textOf } from '../harness/event-stream.js';
import { MessageTree, type Said, type Step } from './message-tree.js';

interface Page {
  data: Said[];
  has_more: boolean;
  last_id: string | null;
}
interface Sent extends Json {
  message: Said;
  reply: Said;
}

/** Uses the application with PostgreSQL and a mock LLM server. */
describe('branches of a conversation', () => {
  let stack: Stack;
  let id: string;
  let path: string;

  beforeAll(async () => {
    stack = await Stack.start();
  });
  afterAll(() => stack.stop());
  beforeEach(async () => {
    await stack.mock.reset();
    id = await open();
    path = `/api/conversations/${id}/messages`;
  });

  const open = async (): Promise<string> =>
    (await stack.call('POST', '/api/conversations', {})).body.id as string;
  const send = async (content: string, more: Json = {}): Promise<Sent> =>
    (await stack.call<Sent>('POST', path, { content, ...more })).body;
  const regenerate = (message: Said, body: Json = {}, headers = {}): Promise<Answer<Sent>> =>
    stack.call<Sent>('POST', `/api/messages/${message.id}/regenerate`, body, headers);
  const list = async (query = '', of = path): Promise<Page> =>
    (await stack.call<Page>('GET', `${of}?${query}`)).body;
  const seqs = async (query = ''): Promise<number[]> => (await list(query)).data.map(({ seq }) => seq);
  const frame = (): Json => stack.mock.requests.at(-1)!.frame as Json;

  it('lists the newest branch, the branch that ends with a message, one that contains a message, and all messages', async () => {
    const first = await send('one');
    const second = await send('two');
    const edited = await send('two, edited', { parent_id: first.reply.id });
    await send('three');
    expect(await seqs()).toEqual([1, 2, 5, 6, 7, 8]);
    expect(await seqs(`leaf=${second.reply.id}`)).toEqual([1, 2, 3, 4]);
    expect(await seqs(`leaf=${first.reply.id}`)).toEqual([1, 2]);
    expect(await seqs(`through=${first.reply.id}`)).toEqual([1, 2, 5, 6, 7, 8]);
    expect(await seqs(`through=${second.message.id}`)).toEqual([1, 2, 3, 4]);
    expect(await seqs(`through=${edited.message.id}`)).toEqual([1, 2, 5, 6, 7, 8]);
    expect(await seqs('leaf=all')).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const { data } = await list();
    expect(data.map(({ sibling_ids }) => sibling_ids)).toEqual([
      [first.message.id],
      [first.reply.id],
      [second.message.id, edited.message.id],
      [edited.reply.id],
      [data[4]!.id],
      [data[5]!.id],
    ]);
  });

  it('starts a new branch before the first message, without history', async () => {
    const first = await send('one');
    const newBranch = await send('another one', { parent_id: null });
    expect(newBranch.message).toMatchObject({ parent_id: null, seq: 3 });
    expect(frame()).toMatchObject({ message: 'another one' });
    expect(JSON.stringify(frame())).not.toContain('"one"');
    expect(await seqs()).toEqual([3, 4]);
    expect(await seqs(`through=${first.message.id}`)).toEqual([1, 2]);
    expect((await list()).data[0]!.sibling_ids).toEqual([first.message.id, newBranch.message.id]);
  });

  it('regenerates an answer, with the same settings unless others are given', async () => {
    const wishes = {
      model: 'special',
      metadata: { mine: 1 },
      settings: { temperature: 0.1, max_tokens: 99 },
    };
    const sent = await send('how are you?', wishes);
    stack.mock.behave({ reply: 'better' });
    const again = await regenerate(sent.reply, { settings: { max_tokens: 50 } });
    expect(again.status).toBe(200);
    expect(again.body.message).toEqual(sent.message);
    expect(again.body.reply).toMatchObject({
      parent_id: sent.message.id,
      seq: 3,
      role: 'assistant',
      content: 'better',
    });
    expect(frame()).toMatchObject({
      message: 'how are you?',
      model: 'special',
      metadata: { mine: 1 },
      settings: { temperature: 0.1, max_tokens: 50, stream: false },
    });
    const { data } = await list();
    expect(data.map(({ sibling_ids }) => sibling_ids)).toEqual([
      [sent.message.id],
      [sent.reply.id, again.body.reply.id],
    ]);
    expect(data[1]).toMatchObject(again.body.reply);
  });

  it("regenerates the answer to a user's message by its id, with the metadata of the message", async () => {
    const sent = await send('hi', { model: 'special', metadata: { mine: 1 } });
    const { body } = await regenerate(sent.message, { model: 'other' });
    expect(body.reply).toMatchObject({ parent_id: sent.message.id, seq: 3 });
    expect(frame()).toMatchObject({ model: 'other', metadata: { mine: 1 } });
  });

  it('regenerates in every response form', async () => {
    const { reply, message } = await send('hi');
    const url = `/api/messages/${reply.id}/regenerate`;
    const events = await stack.events(url, {});
    const last = events.at(-2)!.data.message;
    expect(textOf(events)).toBe(last.content);
    expect(last).toMatchObject({ parent_id: message.id, seq: 3 });
    expect(frame()).toMatchObject({ settings: { stream: true } });
    const later = await stack.call('POST', url, {}, { prefer: 'respond-async' });
    expect([later.status, later.headers.get('location')]).toEqual([
      202,
      `/api/runs/${String(later.body.id)}`,
    ]);
    await stack.mock.waitFor((mock) => mock.requestsReceived === 3);
  });

  it('regenerates once per idempotency key, and not during another run unless on_busy allows it', async () => {
    const { reply } = await send('hi');
    const key = { 'idempotency-key': 'again' };
    const first = await regenerate(reply, {}, key);
    expect((await regenerate(reply, {}, key)).body).toEqual(first.body);
    expect((await regenerate(reply, { model: 'x' }, key)).status).toBe(422);
    expect(await seqs('leaf=all')).toEqual([1, 2, 3]);

    stack.mock.behave({ silence: true });
    const silent = stack.call<Sent>('POST', path, { content: 'and now?' });
    await stack.mock.waitFor((mock) => mock.requestsReceived === 3);
    const busy = await regenerate(reply);
    expect([busy.status, busy.body]).toMatchObject([409, { code: 'conversation_busy' }]);
    stack.mock.behave({ silence: false });
    const instead = await regenerate(reply, { on_busy: 'interrupt' });
    expect(instead).toMatchObject({ status: 200, body: { reply: { seq: 6, status: 'completed' } } });
    expect((await silent).body).toMatchObject({ code: 'run_cancelled' });
  });

  it('continues the branch of a regenerated answer', async () => {
    const { message, reply } = await send('one');
    stack.mock.behave({ reply: 'second answer' });
    await regenerate(reply);
    await send('two');
    expect(frame()).toMatchObject({
      metadata: {
        session_context: {
          messages: [
            { role: 'user', content: 'one' },
            { role: 'assistant', content: 'second answer' },
          ],
        },
      },
    });
    expect(await seqs()).toEqual([1, 3, 4, 5]);
    expect(await seqs(`through=${message.id}`)).toEqual([1, 3, 4, 5]);
  });

  it('rejects messages of other conversations as branches', async () => {
    const { reply } = await send('hi');
    const other = `/api/conversations/${await open()}/messages`;
    const unknown = '01900000-0000-7000-8000-000000000000';
    const refusals: [string, string][] = [
      [`${other}?leaf=${reply.id}`, 'leaf'],
      [`${other}?through=${reply.id}`, 'through'],
      [`${path}?leaf=${unknown}`, 'leaf'],
      [`${path}?leaf=newest`, 'leaf'],
      [`${path}?through=all`, 'through'],
      [`${path}?leaf=${reply.id}&through=${reply.id}`, 'through'],
    ];
    for (const [url, field] of refusals) {
      const { status, body } = await stack.call('GET', url);
      expect([url, status, (body.errors as Json[])[0]?.field]).toEqual([url, 400, field]);
    }
    expect(await list('', other)).toEqual({ data: [], first_id: null, last_id: null, has_more: false });
    expect((await stack.call('POST', `/api/messages/${unknown}/regenerate`, {})).status).toBe(404);
    expect((await stack.call('POST', '/api/messages/x/regenerate', {})).status).toBe(400);
    expect((await regenerate(reply, { content: 'x' })).status).toBe(400);
  });

  it('pages within a branch, and rejects anchors outside it', async () => {
    const first = await send('one');
    const second = await send('two');
    await send('two, edited', { parent_id: first.reply.id });
    expect(await seqs('limit=3')).toEqual([1, 2, 5]);
    expect(await seqs(`limit=3&after=${first.message.id}`)).toEqual([2, 5, 6]);
    expect((await stack.call('GET', `${path}?after=${second.reply.id}`)).status).toBe(404);
    expect((await stack.call('GET', `${path}?before=${second.reply.id}`)).status).toBe(404);
    expect(await seqs(`before=${second.reply.id}&leaf=all`)).toEqual([1, 2, 3]);
  });

  /** All pages of a list with a page size, forwards from the beginning and backwards from the end. */
  const paged = async (query: string, limit: number, of: string): Promise<[Said[], Said[]]> => {
    const forwards: Said[] = [];
    for (let after = ''; ; after = `&after=${forwards.at(-1)!.id}`) {
      const page = await list(`${query}&limit=${limit}${after}`, of);
      forwards.push(...page.data);
      if (!page.has_more) break;
    }
    const backwards = forwards.slice(-1);
    for (let hasMore = forwards.length > 0; hasMore;) {
      const page = await list(`${query}&limit=${limit}&before=${backwards[0]!.id}`, of);
      backwards.unshift(...page.data);
      hasMore = page.has_more;
    }
    return [forwards, backwards];
  };

  it('match a simple model after random messages, edits and regenerations', async () => {
    const place = fc.nat({ max: 30 });
    const steps = fc.array(
      fc.oneof<fc.Arbitrary<Step>[]>(
        fc.constant({ do: 'send' }),
        fc.record({ do: fc.constant('send after'), place }),
        fc.constant({ do: 'start a branch' }),
        fc.record({ do: fc.constant('answer again'), place }),
      ),
      { maxLength: 10 },
    );
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 4 }), place, async (later, limit, chosen) => {
        const tree = new MessageTree(stack, await open());
        const of = `/api/conversations/${tree.conversationId}/messages`;
        for (const step of [{ do: 'send' } as const, ...later]) {
          const { sent, expected } = await tree.take(step);
          expect(sent).toBe(expected);
        }
        const expected = (messages: Said[]): Json[] =>
          messages.map((said) => ({
            ...said,
            sibling_ids: tree.siblings(said),
            has_more_siblings: false,
            feedback: null,
          }));
        const newest = tree.messages.at(-1)!;
        const some = tree.messages[chosen % tree.messages.length]!;
        for (const [query, messages] of [
          ['', tree.branch(newest.id)],
          [`leaf=${some.id}`, tree.branch(some.id)],
          [`through=${some.id}`, tree.branch(tree.newestThrough(some.id).id)],
          ['leaf=all', tree.messages],
        ] as const) {
          const [forwards, backwards] = await paged(query, limit, of);
          expect(forwards).toEqual(expected(messages));
          expect(backwards).toEqual(expected(messages));
        }
      }),
      { numRuns: 20 },
    );
  }, 60_000);
});
