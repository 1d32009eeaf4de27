import type OpenAI from 'openai';
import { Stack } from '../harness/stack.js';
import { openAiClient } from './openai-client.js';

const model = 'default';
const input: OpenAI.Responses.ResponseInput = [
  { role: 'user', content: 'I am Ann.' },
  { role: 'assistant', content: 'Hello, Ann.' },
  { role: 'user', content: 'Who am I?' },
];

const badKey = { headers: { 'Idempotency-Key': 'x'.repeat(256) } };

/** Every `POST` of /v1, and of /api that creates something, sent twice. */
describe('a request to /v1 that is sent more than once', () => {
  let stack: Stack;
  let client: OpenAI;
  let keys = 0;

  beforeAll(async () => {
    stack = await Stack.start({ behavior: { reply: 'You are Ann.' } });
    client = openAiClient(stack);
  });
  afterEach(() => stack.mock.reset());
  afterAll(() => stack.stop());

  const nextKey = () => ({ headers: { 'Idempotency-Key': `key-${(keys += 1)}` } });
  const count = async (table: 'conversations' | 'messages'): Promise<number> =>
    (await stack.rows<{ count: number }>(`SELECT count(*)::integer AS count FROM ${table}`))[0]!.count;
  /** How many rows, and requests to the LLM server, some work adds. */
  const added = async (work: () => Promise<unknown>) => {
    const counts = async () => [
      await count('conversations'),
      await count('messages'),
      stack.mock.requests.length,
    ];
    const before = await counts();
    await work();
    const [conversations, messages, questions] = (await counts()).map((after, at) => after - before[at]!);
    return { conversations, messages, questions };
  };

  it.each<[string, OpenAI.Responses.ResponseCreateParamsNonStreaming, number]>([
    ['a response', { model, input: 'Who am I?' }, 2],
    ['a response to a whole conversation', { model, input }, 4],
  ])('%s: is stored once, and its answer is the same', async (_, body, messages) => {
    const options = nextKey();
    const answers: string[] = [];
    const change = await added(async () => {
      for (let at = 0; at < 2; at += 1) answers.push((await client.responses.create(body, options)).id);
      for await (const event of await client.responses.create({ ...body, stream: true }, options)) {
        if (event.type === 'response.completed') answers.push(event.response.id);
      }
    });
    expect(change).toEqual({ conversations: 1, messages, questions: 1 });
    expect(new Set(answers).size).toBe(1);
    expect(answers).toHaveLength(3);
    const other = client.responses.create({ ...body, model: 'other' }, options);
    await expect(other).rejects.toMatchObject({ status: 400, code: 'idempotency_key_reused' });
  });

  it('a chat completion that is stored: the second answer is the first one', async () => {
    const options = nextKey();
    const body = { model, messages: [{ role: 'user' as const, content: 'Keep this.' }], store: true };
    const texts: (string | null)[] = [];
    const change = await added(async () => {
      texts.push((await client.chat.completions.create(body, options)).choices[0]!.message.content);
      stack.mock.behave({ reply: 'Another answer.' });
      texts.push((await client.chat.completions.create(body, options)).choices[0]!.message.content);
      const stream = client.chat.completions.stream(body, options);
      texts.push((await stream.finalChatCompletion()).choices[0]!.message.content);
    });
    expect(change).toEqual({ conversations: 1, messages: 2, questions: 1 });
    expect(new Set(texts).size).toBe(1);
  });

  it('conversations and their items', async () => {
    const [create, items, update] = [nextKey(), nextKey(), nextKey()];
    const said = { items: [{ type: 'message' as const, role: 'user' as const, content: 'hi' }] };
    const change = await added(async () => {
      const [one, other] = [
        await client.conversations.create(said, create),
        await client.conversations.create(said, create),
      ];
      expect(other).toEqual(one);
      const first = await client.conversations.items.create(one.id, said, items);
      expect(await client.conversations.items.create(one.id, said, items)).toEqual(first);
      await client.conversations.update(one.id, { metadata: { a: '1' } }, update);
      await client.conversations.update(one.id, { metadata: { a: '2' } });
      // The earlier request has had its effect.
      await client.conversations.update(one.id, { metadata: { a: '1' } }, update);
      expect((await client.conversations.retrieve(one.id)).metadata).toEqual({ a: '2' });
      const reused = client.conversations.items.create(one.id, { items: [] }, create);
      await expect(reused).rejects.toMatchObject({ status: 400 });
    });
    expect(change).toEqual({ conversations: 1, messages: 2, questions: 0 });
  });

  it('a conversation of /api', async () => {
    const headers = { 'idempotency-key': 'api-key' };
    const create = (title: string) => stack.call('POST', '/api/conversations', { title }, headers);
    const change = await added(async () => {
      const [one, other] = [await create('a'), await create('a')];
      expect([one.status, other.status]).toEqual([201, 201]);
      expect(other.body).toEqual(one.body);
      expect(await create('b')).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
    });
    expect(change).toEqual({ conversations: 1, messages: 0, questions: 0 });
  });

  it('twenty at once are stored once', async () => {
    const options = nextKey();
    const change = await added(async () => {
      const created = await Promise.all(
        Array.from({ length: 20 }, () => client.conversations.create({ metadata: { a: 'b' } }, options)),
      );
      expect(new Set(created.map(({ id }) => id)).size).toBe(1);
    });
    expect(change).toEqual({ conversations: 1, messages: 0, questions: 0 });
  });

  it.each([
    ['a response', () => client.responses.create({ model, input: 'hi' }, badKey)],
    ['one that is not stored', () => client.responses.create({ model, input: 'hi', store: false }, badKey)],
    ['its cancellation', () => client.responses.cancel('resp_1', badKey)],
    [
      'a completion',
      () => client.chat.completions.create({ model, messages: [{ role: 'user', content: 'hi' }] }, badKey),
    ],
    ['a conversation', () => client.conversations.create({}, badKey)],
    ['its metadata', () => client.conversations.update('conv_1', { metadata: {} }, badKey)],
  ])('%s: a malformed key is refused', async (_, call) => {
    await expect(call()).rejects.toMatchObject({ status: 400, param: 'Idempotency-Key' });
  });

  describe('by a client that repeats it after a timeout', () => {
    /** Aborts its first try as soon as the LLM server has the question. */
    const impatient = () => {
      let tries = 0;
      return openAiClient(stack, {
        maxRetries: 2,
        fetch: async (url, init) => {
          tries += 1;
          if (tries > 1) return fetch(url, init);
          const before = stack.mock.requests.length;
          const aborted = new AbortController();
          const sent = fetch(url, { ...init, signal: aborted.signal });
          await stack.mock.waitFor(({ requests }) => requests.length > before);
          aborted.abort();
          return sent;
        },
      });
    };

    it.each<[string, OpenAI.Responses.ResponseCreateParamsNonStreaming]>([
      ['a response', { model, input: 'Alone.' }],
      ['a response to a whole conversation', { model, input }],
    ])('%s is stored once without a key', async (_, body) => {
      stack.mock.behave({ firstTokenDelayMs: 200 });
      const change = await added(async () => {
        expect((await impatient().responses.create(body)).output_text).toBe('You are Ann.');
      });
      expect(change).toMatchObject({ conversations: 1, questions: 1 });
    });

    it('a response in a conversation', async () => {
      stack.mock.behave({ firstTokenDelayMs: 200 });
      const conversation = await client.conversations.create({});
      const change = await added(() =>
        impatient().responses.create({ model, input: 'hi', conversation: conversation.id }),
      );
      expect(change).toEqual({ conversations: 0, messages: 2, questions: 1 });
    });

    it('equal requests that are no retries are stored separately', async () => {
      const change = await added(async () => {
        for (let at = 0; at < 2; at += 1) await client.responses.create({ model, input: 'Twice.' });
      });
      expect(change).toEqual({ conversations: 2, messages: 4, questions: 2 });
    });

    it('an equal request is a new one once the response was received', async () => {
      const change = await added(async () => {
        const body = { model, input: 'Received.' };
        const first = await client.responses.create(body);
        const forgotten = `SELECT FROM idempotency_keys WHERE run_id = $1`;
        while ((await stack.rows(forgotten, [first.id.slice('resp_'.length)])).length > 0);
        const retry = { headers: { 'x-stainless-retry-count': '1' } };
        expect((await client.responses.create(body, retry)).id).not.toBe(first.id);
      });
      expect(change).toEqual({ conversations: 2, messages: 4, questions: 2 });
    });

    it('a response that failed is generated again', async () => {
      stack.mock.behave({ errorCode: 'overloaded' });
      const retrying = openAiClient(stack, { maxRetries: 2 });
      const before = stack.mock.requests.length;
      const answered = retrying.responses.create({ model, input: 'Again.' });
      await stack.mock.waitFor(({ requests }) => requests.length > before);
      stack.mock.behave({ errorCode: null });
      expect((await answered).status).toBe('completed');
    });
  });
});
