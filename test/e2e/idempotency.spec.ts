import { randomUUID } from 'node:crypto';
import { allEvents, textOf, type ReceivedEvent } from '../harness/event-stream.js';
import { type Json, Stack } from '../harness/stack.js';

interface Sent extends Json {
  message: Json & { id: string };
  reply: Json & { id: string; content: string };
  run: Json & { id: string };
}

/** Three servers on one database, with a mock LLM server. */
describe('a message that is sent more than once', () => {
  let stack: Stack;
  let others: { url: string; close: () => Promise<void> }[];
  let path: string;
  let id: string;

  beforeAll(async () => {
    stack = await Stack.start();
    others = [await stack.replica(), await stack.replica()];
  });
  afterAll(async () => {
    await Promise.all(others.map((other) => other.close()));
    await stack.stop();
  });
  beforeEach(async () => {
    await stack.mock.reset();
    const { body } = await stack.call('POST', '/api/conversations', {});
    id = body.id as string;
    path = `/api/conversations/${id}/messages`;
  });

  /** Sends to the three servers in turn. */
  const send = (
    at: number,
    to: string,
    body: unknown,
    headers: Record<string, string> = {},
  ): Promise<Response> =>
    fetch([stack, ...others][at % 3]!.url + to, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  const all = <T>(count: number, ask: (at: number) => Promise<T>): Promise<T[]> =>
    Promise.all(Array.from({ length: count }, (_, at) => ask(at)));
  const stored = (): Promise<Json[]> =>
    stack.rows(`SELECT m.role, m.content FROM messages m WHERE m.conversation_id = $1 ORDER BY m.seq`, [id]);

  const samenesses: [string, (content: string) => { body: object; headers: Record<string, string> }][] = [
    ['under one key', (content) => ({ body: { content }, headers: { 'idempotency-key': randomUUID() } })],
    ['with an id of its own', (content) => ({ body: { content, id: randomUUID() }, headers: {} })],
    [
      'with both, in a queue',
      (content) => ({
        body: { content, id: randomUUID(), on_busy: 'queue' },
        headers: { 'idempotency-key': randomUUID() },
      }),
    ],
  ];

  it.each(samenesses)(
    '50 times at once to three servers %s is one turn with 50 equal answers',
    async (_, same) => {
      stack.mock.behave({ tokens: 10, tokensPerSecond: 100 });
      const { body, headers } = same('once, please');
      const answers = await all(50, async (at) => {
        const response = await send(at, path, body, headers);
        return { status: response.status, body: (await response.json()) as Sent };
      });
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      const [first] = answers;
      for (const answer of answers) expect(answer.body).toEqual(first!.body);
      expect(stack.mock.requestsReceived).toBe(1);
      expect(await stored()).toEqual([
        { role: 'user', content: 'once, please' },
        { role: 'assistant', content: first!.body.reply.content },
      ]);
      // And again after the end.
      const later = await send(1, path, body, headers);
      expect([later.status, await later.json()]).toEqual([200, first!.body]);
    },
  );

  it('creates one conversation for repeated calls that create one', async () => {
    stack.mock.behave({ serviceTimeMs: 100 });
    const before = await stack.rows('SELECT id FROM conversations');
    const headers = { 'idempotency-key': randomUUID() };
    const answers = await all(50, async (at) =>
      (await send(at, '/api/chat', { message: 'hello' }, headers)).json(),
    );
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(await stack.rows('SELECT id FROM conversations')).toHaveLength(before.length + 1);
    expect(stack.mock.requestsReceived).toBe(1);
  });

  it.each(samenesses)('is followed to its end by all of 50 streams: %s', async (_, same) => {
    stack.mock.behave({ tokens: 60, tokensPerSecond: 60 });
    const { body, headers } = same('tell us all');
    const streams = await all(50, async (at) =>
      allEvents(await send(at, path, body, { ...headers, accept: 'text/event-stream' })),
    );
    const last = (events: ReceivedEvent[]) => events.at(-2)!.data.message.content;
    for (const events of streams) {
      expect(events[0]!.event).toBe('run.started');
      expect(events.at(-1)).toEqual(streams[0]!.at(-1));
      expect(textOf(events)).toBe(last(streams[0]!));
    }
    expect(stack.mock.requestsReceived).toBe(1);
    const late = await allEvents(await send(2, path, body, { ...headers, accept: 'text/event-stream' }));
    expect(textOf(late)).toBe(last(streams[0]!));
  });

  it('is rejected under the key of another request', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    stack.mock.behave({ tokens: 500, tokensPerSecond: 50 });
    const first = await send(0, path, { content: 'one' }, { ...headers, prefer: 'respond-async' });
    const { id: run } = (await first.json()) as Json;
    const different: object[] = [
      { content: 'two' },
      { content: 'one', model: 'other' },
      { content: 'one', metadata: { a: 1 } },
      { content: 'one', settings: { temperature: 1 } },
      { content: 'one', parent_id: null },
      { content: 'one', id: randomUUID() },
    ];
    for (const body of different) {
      const refused = await send(1, path, body, headers);
      expect([refused.status, await refused.json()]).toMatchObject([422, { code: 'idempotency_key_reused' }]);
    }
    // The response form and on_busy are not part of the request's identity.
    const same = await send(
      2,
      path,
      { content: 'one', on_busy: 'interrupt' },
      { ...headers, prefer: 'respond-async' },
    );
    expect(((await same.json()) as Json).id).toBe(run);
    expect(await stack.rows('SELECT status FROM runs WHERE id = $1', [run])).toEqual([
      { status: 'in_progress' },
    ]);
    const cancelled = await fetch(`${others[0]!.url}/api/runs/${String(run)}/cancel`, { method: 'POST' });
    expect(cancelled.status).toBe(202);
    await allEvents(await fetch(`${stack.url}/api/runs/${String(run)}/events`));
    expect(stack.mock.requestsReceived).toBe(1);
  });

  it('is rejected under the id of another message', async () => {
    const body = { content: 'one', id: randomUUID() };
    expect((await send(0, path, body)).status).toBe(200);
    const { body: elsewhere } = await stack.call('POST', '/api/conversations', {});
    const attempts: [string, object][] = [
      [path, { ...body, content: 'two' }],
      [path, { ...body, parent_id: body.id }],
      [`/api/conversations/${elsewhere.id as string}/messages`, body],
    ];
    for (const [to, other] of attempts) {
      const refused = await send(1, to, other);
      expect([refused.status, await refused.json()]).toMatchObject([409, { code: 'message_id_taken' }]);
    }
    const own = (await stored()).length;
    expect(own).toBe(2);
    expect(stack.mock.requestsReceived).toBe(1);
  });

  it.each(['', ' ', 'x'.repeat(256), 'a\tb', 'é'])('is rejected with the key %j', async (key) => {
    const refused = await send(0, path, { content: 'one' }, { 'idempotency-key': key });
    expect([refused.status, await refused.json()]).toMatchObject([
      400,
      { errors: [{ field: 'Idempotency-Key' }] },
    ]);
    expect(await stored()).toEqual([]);
  });
});
