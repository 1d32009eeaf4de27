import { type Json, Stack } from '../harness/stack.js';

const kib = 1024;
const unknownId = '01900000-0000-7000-8000-000000000000';

/** Invalid requests, none of which may reach the LLM server. */
describe('invalid input', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await Stack.start();
  });
  afterAll(() => stack.stop());
  afterEach(() => expect(stack.mock.requestsReceived).toBe(0));

  const fields = (body: Json): unknown =>
    (body.errors as { field: string }[] | undefined)?.map(({ field }) => field);

  it.each<[string, unknown, string[]]>([
    ['no message', {}, ['message']],
    ['an empty message', { message: '' }, ['message']],
    ['a blank message', { message: ' \n\t' }, ['message']],
    ['a number for a message', { message: 5 }, ['message']],
    ['null for a message', { message: null }, ['message']],
    ['a NUL character', { message: 'a\0b' }, ['message']],
    ['a lone surrogate', { message: 'a\ud800b' }, ['message']],
    ['a bad conversation id', { message: 'hi', conversation_id: 'x' }, ['conversation_id']],
    ['an unknown field', { message: 'hi', mesage: 'hi' }, ['mesage']],
    ['an unknown setting', { message: 'hi', settings: { top_k: 1 } }, ['settings.top_k']],
    ['settings of a wrong type', { message: 'hi', settings: [] }, ['settings']],
    ['a fraction of a token', { message: 'hi', settings: { max_tokens: 1.5 } }, ['settings.max_tokens']],
    ['no tokens', { message: 'hi', settings: { max_tokens: 0 } }, ['settings.max_tokens']],
    ['too hot', { message: 'hi', settings: { temperature: 3 } }, ['settings.temperature']],
    ['a text for a flag', { message: 'hi', settings: { stream: 'yes' } }, ['settings.stream']],
    ['metadata of a wrong type', { message: 'hi', metadata: 'x' }, ['metadata']],
    ['several at once', { message: 1, conversation_id: 2, x: 3 }, ['conversation_id', 'message', 'x']],
  ])('names the field of %s', async (_, body, expected) => {
    const answer = await stack.call('POST', '/api/chat', body);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer.body).toMatchObject({
      status: 400,
      code: 'validation_failed',
      retryable: false,
      instance: '/api/chat',
      request_id: answer.headers.get('x-request-id'),
    });
    expect((fields(answer.body) as string[]).sort()).toEqual(expected);
  });

  it.each(['{"message":', '', '[1,2', 'null', '"text"'])('rejects %j as a body', async (text) => {
    const answer = await stack.call('POST', '/api/chat', text);
    expect(answer.status).toBe(400);
    expect(answer.body.code).toMatch(/^(invalid_json|empty_body|validation_failed)$/);
  });

  it('rejects a message of more than 256 KiB, and a body that is larger than any valid one, with 413', async () => {
    const tooLong = await stack.call('POST', '/api/chat', { message: 'x'.repeat(256 * kib + 1) });
    expect([tooLong.status, fields(tooLong.body)]).toEqual([413, ['message']]);
    const umlauts = await stack.call('POST', '/api/chat', { message: 'ü'.repeat(128 * kib + 1) });
    expect(umlauts.status).toBe(413);
    expect((await stack.call('POST', '/api/chat', { message: 'x'.repeat(4 * kib * kib) })).status).toBe(413);
  });

  it('rejects bodies that are not JSON with 415', async () => {
    const answer = await stack.call('POST', '/api/chat', 'message=hi', {
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(answer.status).toBe(415);
  });

  it.each([
    ['GET', '/api/conversations/x', 400, 'id'],
    ['GET', '/api/conversations/x/messages', 400, 'id'],
    ['POST', '/api/conversations/x/messages', 400, undefined],
    ['GET', '/api/runs/1', 400, 'id'],
    ['GET', '/api/conversations?limit=0', 400, 'limit'],
    ['GET', '/api/conversations?limit=101', 400, 'limit'],
    ['GET', '/api/conversations?limit=many', 400, 'limit'],
    ['GET', '/api/conversations?after=x', 400, 'after'],
    ['GET', `/api/conversations?after=${unknownId}&before=${unknownId}`, 400, 'before'],
    ['GET', '/api/conversations?page=2', 400, 'page'],
    ['GET', `/api/conversations/${unknownId}`, 404, undefined],
    ['GET', `/api/conversations/${unknownId}/messages`, 404, undefined],
    ['GET', `/api/runs/${unknownId}`, 404, undefined],
    ['GET', '/api/nothing', 404, undefined],
    ['GET', '/%zz', 400, undefined],
  ])('%s %s answers %i', async (method, path, status, field) => {
    const answer = await stack.call(method, path, method === 'POST' ? { content: 'hi' } : undefined);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    if (field !== undefined) expect(fields(answer.body)).toEqual([field]);
  });

  it('creates a conversation only with a valid title and metadata', async () => {
    const post = async (body: Json): Promise<unknown> => {
      const answer = await stack.call('POST', '/api/conversations', body);
      return answer.status === 400 ? fields(answer.body) : answer.status;
    };
    expect(await post({ title: 7 })).toEqual(['title']);
    expect(await post({ title: 'x'.repeat(1001) })).toEqual(['title']);
    expect(await post({ metadata: { big: 'x'.repeat(17 * kib) } })).toEqual(['metadata']);
    expect(await post({ owner: 'somebody' })).toEqual(['owner']);
  });
});

describe('a message of the maximum size', () => {
  it('reaches the LLM server and the database unchanged, even if every byte is escaped in JSON', async () => {
    const stack = await Stack.start();
    try {
      const message = '\u0001'.repeat(256 * kib);
      const { status, body } = await stack.call('POST', '/api/chat', { message });
      expect(status).toBe(200);
      expect(stack.mock.requests.at(-1)!.frame).toMatchObject({ message });
      const [row] = await stack.rows<{ content: string }>(
        `SELECT content FROM messages WHERE conversation_id = $1 AND role = 'user'`,
        [body.conversation_id],
      );
      expect(row?.content).toBe(message);
    } finally {
      await stack.stop();
    }
  });
});
