import OpenAI from 'openai';
import { Stack } from '../harness/stack.js';
import { openAiClient } from './openai-client.js';

const model = 'default';

/** The error classes that the official client throws for errors of the server. */
describe('errors of /v1 with the official client', () => {
  let stack: Stack;
  let client: OpenAI;

  beforeAll(async () => {
    stack = await Stack.start();
    client = openAiClient(stack);
  });
  afterEach(() => stack.mock.reset());
  afterAll(() => stack.stop());

  const chat = (more: object = {}) =>
    client.chat.completions.create({ model, messages: [{ role: 'user', content: 'hi' }], ...more });
  const respond = (more: object = {}) => client.responses.create({ model, input: 'hi', ...more });
  const none = '0190a1b2c3d47e5f8a9b0c1d2e3f4a5b';

  it('returns a request id with answers and errors', async () => {
    const completion = await chat();
    expect(completion._request_id).toMatch(/./);
    const [one, other] = [await respond().withResponse(), await respond().withResponse()];
    expect(one.request_id).toMatch(/./);
    expect(other.request_id).not.toBe(one.request_id);
    await expect(chat({ n: 2 })).rejects.toMatchObject({ requestID: expect.stringMatching(/./) as string });
  });

  it.each<[string, () => Promise<unknown>, new (...args: never[]) => Error, object]>([
    [
      '400: a missing field',
      () => client.responses.create({ model } as never),
      OpenAI.BadRequestError,
      { status: 400, type: 'invalid_request_error', param: 'input', code: 'missing_required_parameter' },
    ],
    [
      '400: a field of the wrong type',
      () => chat({ temperature: 'hot' }),
      OpenAI.BadRequestError,
      { status: 400, type: 'invalid_request_error', param: 'temperature', code: 'invalid_type' },
    ],
    [
      '400: an unknown field',
      () => respond({ imput: 'hi' }),
      OpenAI.BadRequestError,
      { status: 400, type: 'invalid_request_error', param: 'imput', code: 'unknown_parameter' },
    ],
    [
      '400: a previous response that does not exist',
      () => respond({ previous_response_id: `resp_${none}` }),
      OpenAI.BadRequestError,
      { status: 400, param: 'previous_response_id', code: 'previous_response_not_found' },
    ],
    [
      '400: a previous response with a malformed id, for a response that is not stored',
      () => respond({ previous_response_id: 'resp_123', store: false }),
      OpenAI.BadRequestError,
      { status: 400, param: 'previous_response_id', code: 'previous_response_not_found' },
    ],
    [
      '404: an unknown model',
      () => client.models.retrieve('none'),
      OpenAI.NotFoundError,
      { status: 404, type: 'invalid_request_error', param: null, code: 'model_not_found' },
    ],
    [
      '404: an unknown response',
      () => client.responses.retrieve(`resp_${none}`),
      OpenAI.NotFoundError,
      { status: 404, code: 'response_not_found' },
    ],
    [
      '404: a response with a malformed id',
      () => client.responses.cancel('resp_123'),
      OpenAI.NotFoundError,
      { status: 404, code: 'response_not_found' },
    ],
    [
      '404: an unknown conversation',
      () => client.conversations.items.list(`conv_${none}`),
      OpenAI.NotFoundError,
      { status: 404, code: 'conversation_not_found' },
    ],
    [
      '404: a response in an unknown conversation',
      () => respond({ conversation: { id: `conv_${none}` } }),
      OpenAI.NotFoundError,
      { status: 404, code: 'conversation_not_found' },
    ],
  ])('%s', async (_, call, type, facts) => {
    const failed = call();
    await expect(failed).rejects.toThrow(type);
    await expect(failed).rejects.toMatchObject(facts);
  });

  it('409: another answer of the conversation is in progress', async () => {
    stack.mock.behave({ tokens: 500, tokensPerSecond: 50 });
    const conversation = await client.conversations.create();
    const running = await respond({ conversation: conversation.id, background: true });
    const busy = respond({ conversation: conversation.id });
    await expect(busy).rejects.toThrow(OpenAI.ConflictError);
    await expect(busy).rejects.toMatchObject({ status: 409, code: 'conversation_locked' });
    const items = client.conversations.items.create(conversation.id, {
      items: [{ type: 'message', role: 'user', content: 'And?' }],
    });
    await expect(items).rejects.toThrow(OpenAI.ConflictError);
    await client.responses.cancel(running.id);
  });

  it.each([
    ['chat', () => chat()],
    ['responses', () => respond()],
  ])('400: the LLM server rejects the request (%s)', async (_, call) => {
    stack.mock.behave({ errorCode: 'context_length_exceeded' });
    const refused = call();
    await expect(refused).rejects.toThrow(OpenAI.BadRequestError);
    await expect(refused).rejects.toMatchObject({
      status: 400,
      code: 'context_length_exceeded',
      type: 'invalid_request_error',
    });
  });

  it.each([
    ['the LLM server rejects the request', 'invalid_request', 400, 'false'],
    ['the LLM server does not have the model', 'model_not_found', 404, 'false'],
    ['the LLM server is overloaded', 'overloaded', 503, 'true'],
  ])('says whether clients should retry: %s', async (_, errorCode, status, shouldRetry) => {
    stack.mock.behave({ errorCode });
    const failed: unknown = await chat().catch((reason: unknown) => reason);
    expect(failed).toMatchObject({ status });
    const { headers } = failed as InstanceType<typeof OpenAI.APIError>;
    expect(headers!.get('x-should-retry')).toBe(shouldRetry);
  });

  it('503: no LLM server answers, and Retry-After says when to retry', async () => {
    const withoutRetries = await Stack.start({ environment: { LLM_MAX_RETRIES: '0' } });
    const other = openAiClient(withoutRetries);
    withoutRetries.mock.behave({ errorCode: 'rate_limited', retryAfter: 7 });
    const messages = [{ role: 'user' as const, content: 'hi' }];
    const calls: (() => Promise<unknown>)[] = [
      () => other.responses.create({ model, input: 'hi' }),
      () => other.chat.completions.create({ model, messages }),
      () => other.chat.completions.create({ model, messages, stream: true }),
    ];
    for (const call of calls) {
      const failed: unknown = await call().catch((reason: unknown) => reason);
      expect(failed).toBeInstanceOf(OpenAI.InternalServerError);
      const { status, type, headers } = failed as InstanceType<typeof OpenAI.APIError>;
      expect([status, type]).toEqual([503, 'server_error']);
      // Shorter for later calls, which fail without asking the endpoint again.
      expect(['5', '6', '7']).toContain(headers!.get('retry-after'));
    }
    // The client obeys the header.
    await withoutRetries.restart();
    withoutRetries.mock.behave({ errorCode: 'overloaded', retryAfter: 1 });
    const retrying = openAiClient(withoutRetries, { maxRetries: 2 });
    const before = withoutRetries.mock.requests.length;
    const answered = retrying.chat.completions.create({ model, messages });
    await withoutRetries.mock.waitFor(({ requests }) => requests.length > before);
    withoutRetries.mock.behave({ errorCode: null, retryAfter: null, reply: 'At last.' });
    expect((await answered).choices[0]!.message.content).toBe('At last.');
    await withoutRetries.stop();
  });

  it('ends streams with an error if the server shuts down', async () => {
    const stopping = await Stack.start({
      behavior: { tokens: 5_000, tokensPerSecond: 50 },
      environment: { SHUTDOWN_TIMEOUT: '2' },
    });
    const other = openAiClient(stopping);
    const messages = [{ role: 'user' as const, content: 'Go on.' }];
    const begun = { completion: Promise.withResolvers<void>(), response: Promise.withResolvers<void>() };
    const reading = async () => {
      const stream = await other.chat.completions.create({ model, messages, stream: true });
      for await (const { choices } of stream) {
        if (choices[0]?.delta.content) begun.completion.resolve();
        expect(choices[0]?.finish_reason).toBeNull();
      }
    };
    const following = async () => {
      const stream = await other.responses.create({ model, input: 'Go on.', stream: true, store: false });
      for await (const { type } of stream) {
        if (type === 'response.output_text.delta') begun.response.resolve();
        expect(type).not.toBe('response.completed');
      }
    };
    const ends = Promise.all([
      expect(reading()).rejects.toThrow(OpenAI.APIError),
      expect(following()).rejects.toThrow(OpenAI.APIError),
    ]);
    await Promise.all([begun.completion.promise, begun.response.promise]);
    await stopping.stop();
    await ends;
  });
});
