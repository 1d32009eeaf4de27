import OpenAI from 'openai';
import { Stack } from '../harness/stack.js';
import { openAiClient } from './openai-client.js';

const model = 'default';

/** What the official client makes of what goes wrong. */
describe('errors of /v1 for the official client', () => {
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

  it('has its id in the answer and in the error', async () => {
    const completion = await chat();
    expect(completion._request_id).toMatch(/./);
    const [one, other] = [await respond().withResponse(), await respond().withResponse()];
    expect(one.request_id).toMatch(/./);
    expect(other.request_id).not.toBe(one.request_id);
    await expect(chat({ n: 2 })).rejects.toMatchObject({ requestID: expect.stringMatching(/./) as string });
  });

  it.each<[string, () => Promise<unknown>, new (...args: never[]) => Error, object]>([
    [
      '400: a field is missing',
      () => client.responses.create({ model } as never),
      OpenAI.BadRequestError,
      { status: 400, type: 'invalid_request_error', param: 'input', code: 'missing_required_parameter' },
    ],
    [
      '400: a field of another type',
      () => chat({ temperature: 'hot' }),
      OpenAI.BadRequestError,
      { status: 400, type: 'invalid_request_error', param: 'temperature', code: 'invalid_type' },
    ],
    [
      '400: a field that nobody knows',
      () => respond({ imput: 'hi' }),
      OpenAI.BadRequestError,
      { status: 400, type: 'invalid_request_error', param: 'imput', code: 'unknown_parameter' },
    ],
    [
      '400: a previous response that is not there',
      () => respond({ previous_response_id: `resp_${none}` }),
      OpenAI.BadRequestError,
      { status: 400, param: 'previous_response_id', code: 'previous_response_not_found' },
    ],
    [
      '400: the same, of an id that cannot be ours, for a response that is not kept',
      () => respond({ previous_response_id: 'resp_123', store: false }),
      OpenAI.BadRequestError,
      { status: 400, param: 'previous_response_id', code: 'previous_response_not_found' },
    ],
    [
      '404: a model',
      () => client.models.retrieve('none'),
      OpenAI.NotFoundError,
      { status: 404, type: 'invalid_request_error', param: null, code: 'model_not_found' },
    ],
    [
      '404: a response',
      () => client.responses.retrieve(`resp_${none}`),
      OpenAI.NotFoundError,
      { status: 404, code: 'response_not_found' },
    ],
    [
      '404: a response of an id that cannot be ours',
      () => client.responses.cancel('resp_123'),
      OpenAI.NotFoundError,
      { status: 404, code: 'response_not_found' },
    ],
    [
      '404: a conversation',
      () => client.conversations.items.list(`conv_${none}`),
      OpenAI.NotFoundError,
      { status: 404, code: 'conversation_not_found' },
    ],
    [
      '404: a conversation to answer in',
      () => respond({ conversation: { id: `conv_${none}` } }),
      OpenAI.NotFoundError,
      { status: 404, code: 'conversation_not_found' },
    ],
  ])('%s', async (_, call, type, facts) => {
    const failed = call();
    await expect(failed).rejects.toThrow(type);
    await expect(failed).rejects.toMatchObject(facts);
  });

  it('409: an answer is being generated in the conversation', async () => {
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
  ])('422: the LLM refuses the question (%s)', async (_, call) => {
    stack.mock.behave({ errorCode: 'context_length_exceeded' });
    const refused = call();
    await expect(refused).rejects.toThrow(OpenAI.UnprocessableEntityError);
    await expect(refused).rejects.toMatchObject({
      status: 422,
      code: 'context_length_exceeded',
      type: 'invalid_request_error',
    });
  });

  it('503: no LLM answers, and the client is told when to come back', async () => {
    const hasty = await Stack.start({ environment: { LLM_MAX_RETRIES: '0' } });
    const other = openAiClient(hasty);
    hasty.mock.behave({ errorCode: 'rate_limited', retryAfter: 7 });
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
      // Less for the later ones: the endpoint is left alone meanwhile.
      expect(['5', '6', '7']).toContain(headers!.get('retry-after'));
    }
    // The client itself keeps to that.
    await hasty.restart();
    hasty.mock.behave({ errorCode: 'overloaded', retryAfter: 1 });
    const patient = openAiClient(hasty, { maxRetries: 2 });
    const before = hasty.mock.requests.length;
    const answered = patient.chat.completions.create({ model, messages });
    await hasty.mock.waitFor(({ requests }) => requests.length > before);
    hasty.mock.behave({ errorCode: null, retryAfter: null, reply: 'At last.' });
    expect((await answered).choices[0]!.message.content).toBe('At last.');
    await hasty.stop();
  });

  it('ends streams with an error when the server stops in the middle', async () => {
    const stopping = await Stack.start({
      behaviour: { tokens: 5_000, tokensPerSecond: 50 },
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
