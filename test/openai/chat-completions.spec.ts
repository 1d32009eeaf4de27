import OpenAI from 'openai';
import { Stack } from '../harness/stack.js';
import { openAiClient } from './openai-client.js';

/** Runs the official client against the server, with PostgreSQL and mock LLM servers. */
describe('Chat Completions with the official client', () => {
  let stack: Stack;
  let client: OpenAI;

  beforeAll(async () => {
    stack = await Stack.start({ mocks: 2, environment: { LLM_MODEL_NAME: 'big-model' } });
    client = openAiClient(stack);
  });
  afterEach(() => Promise.all(stack.mocks.map((mock) => mock.reset())));
  afterAll(() => stack.stop());

  const ask = (content: string, more: Partial<OpenAI.ChatCompletionCreateParamsNonStreaming> = {}) =>
    client.chat.completions.create({ model: 'big-model', messages: [{ role: 'user', content }], ...more });
  const conversations = async (): Promise<number> =>
    (await stack.rows<{ count: number }>('SELECT count(*)::integer AS count FROM conversations'))[0]!.count;

  it('lists models, and reads one', async () => {
    const { data } = await client.models.list();
    expect(data.map(({ id }) => id)).toEqual(['big-model']);
    expect(await client.models.retrieve('big-model')).toMatchObject({ object: 'model', owned_by: 'primary' });
    await expect(client.models.retrieve('none')).rejects.toThrow(OpenAI.NotFoundError);
    const { status, body } = await stack.call('GET', '/v1/models/org/none');
    expect([status, body.error]).toEqual([404, expect.objectContaining({ code: 'model_not_found' })]);
  });

  it('answers without storing anything', async () => {
    stack.mock.behave({ reply: 'Forty-two.' });
    const before = await conversations();
    const completion = await ask('What is 6 times 7?', {
      max_completion_tokens: 50,
      temperature: 0.5,
      user: 'ann',
    });
    expect(completion).toMatchObject({
      object: 'chat.completion',
      model: 'big-model',
      choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Forty-two.' } }],
    });
    expect(completion.usage!.total_tokens).toBeGreaterThan(0);
    expect(await conversations()).toBe(before);
    expect(stack.mock.requests.at(-1)!.frame).toMatchObject({
      message: 'What is 6 times 7?',
      settings: { max_tokens: 50, temperature: 0.5, stream: false },
      metadata: { user: 'ann' },
    });
  });

  it('accepts max_tokens as the old name of max_completion_tokens, and forwards metadata to the LLM server', async () => {
    await ask('hi', { max_tokens: 60, metadata: { topic: 'sums' } });
    expect(stack.mock.requests.at(-1)!.frame).toMatchObject({
      settings: { max_tokens: 60 },
      metadata: { topic: 'sums' },
    });
    await ask('hi', { max_tokens: 60, max_completion_tokens: 50 });
    expect(stack.mock.requests.at(-1)!.frame).toMatchObject({ settings: { max_tokens: 50 } });
  });

  it('ends a stream before a stop sequence that arrives in two pieces', async () => {
    stack.mock.behave({ reply: 'One two three four.', tokensPerSecond: 50 });
    const stream = await client.chat.completions.create({
      model: 'big-model',
      messages: [{ role: 'user', content: 'Count.' }],
      stream: true,
      stop: 'two three',
    });
    let text = '';
    const reasons: unknown[] = [];
    for await (const { choices } of stream) {
      text += choices[0]?.delta.content ?? '';
      reasons.push(choices[0]?.finish_reason);
    }
    expect([text, reasons.at(-1)]).toEqual(['One ', 'stop']);
  });

  it('forwards earlier messages to the LLM server, including text parts and instructions', async () => {
    await client.chat.completions.create({
      model: 'big-model',
      messages: [
        { role: 'developer', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'I am Ann.' },
            { type: 'text', text: 'And you?' },
          ],
        },
        { role: 'assistant', content: 'A machine.' },
        { role: 'user', content: 'Who am I?' },
      ],
    });
    const { frame } = stack.mock.requests.at(-1)!;
    const { messages } = (frame as unknown as { metadata: { session_context: { messages: unknown } } })
      .metadata.session_context;
    expect(messages).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'I am Ann.\nAnd you?' },
      { role: 'assistant', content: 'A machine.' },
    ]);
  });

  it('streams chunks, and reports the token counts in the last one', async () => {
    stack.mock.behave({ reply: 'One two three.', tokensPerSecond: 50 });
    const stream = await client.chat.completions.create({
      model: 'big-model',
      messages: [{ role: 'user', content: 'Count.' }],
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('One two three.');
    expect(chunks.length).toBeGreaterThan(4);
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
    expect(chunks.at(-2)!.choices[0]!.finish_reason).toBe('stop');
    expect(chunks.at(-1)).toMatchObject({ choices: [] });
    expect(chunks.at(-1)!.usage!.total_tokens).toBeGreaterThan(0);
  });

  it('ends before a stop sequence, and cancels the request to the LLM server', async () => {
    stack.mock.behave({ reply: 'One two three four five.', tokensPerSecond: 20 });
    const { choices } = await ask('Count.', { stop: ['three', 'never'] });
    expect(choices[0]).toMatchObject({ message: { content: 'One two ' }, finish_reason: 'stop' });
    await stack.mock.waitFor(({ requests }) => requests.at(-1)!.outcome === 'abandoned');
  });

  it('cancels the request to the LLM server when the client disconnects', async () => {
    stack.mock.behave({ tokens: 500, tokensPerSecond: 20 });
    const stream = await client.chat.completions.create({
      model: 'big-model',
      messages: [{ role: 'user', content: 'Go on.' }],
      stream: true,
    });
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
    await stack.mock.waitFor(({ requests }) => requests.at(-1)!.outcome === 'abandoned');
  });

  it('stores the conversation if store is true', async () => {
    stack.mock.behave({ reply: 'Noted.' });
    await ask('Keep this.', { store: true, metadata: { topic: 'keeping' } });
    const { body } = await stack.call<{ data: { id: string; title: string; metadata: object }[] }>(
      'GET',
      '/api/conversations?limit=1',
    );
    expect(body.data[0]).toMatchObject({ title: 'Keep this.', metadata: { topic: 'keeping' } });
    const listed = await stack.call<{ data: { role: string; content: string }[] }>(
      'GET',
      `/api/conversations/${body.data[0]!.id}/messages`,
    );
    expect(listed.body.data.map(({ role, content }) => [role, content])).toEqual([
      ['user', 'Keep this.'],
      ['assistant', 'Noted.'],
    ]);
  });

  it('throws if an answer is interrupted, without a finish_reason', async () => {
    stack.mock.behave({ tokens: 50, afterTokens: 5, cut: 'reset' });
    const stream = await client.chat.completions.create({
      model: 'big-model',
      messages: [{ role: 'user', content: 'Go on.' }],
      stream: true,
    });
    const reasons: unknown[] = [];
    const reading = (async () => {
      for await (const { choices } of stream) reasons.push(choices[0]!.finish_reason);
    })();
    await expect(reading).rejects.toThrow(OpenAI.APIError);
    expect(reasons.length).toBeGreaterThan(1);
    expect(reasons.every((reason) => reason === null)).toBe(true);
  });

  it.each<[string, object, string, string]>([
    ['two answers', { n: 2 }, 'n', 'unsupported_parameter'],
    ['tools', { tools: [{ type: 'function', function: { name: 'f' } }] }, 'tools', 'unsupported_parameter'],
    ['functions', { functions: [{ name: 'f' }] }, 'functions', 'unsupported_parameter'],
    ['audio settings', { audio: { voice: 'alloy', format: 'wav' } }, 'audio', 'unsupported_parameter'],
    ['audio output', { modalities: ['text', 'audio'] }, 'modalities', 'unsupported_parameter'],
    ['a required tool', { tool_choice: 'required' }, 'tool_choice', 'unsupported_parameter'],
    ['a penalty of 3', { presence_penalty: 3 }, 'presence_penalty', 'invalid_value'],
    ['a seed that is a text', { seed: 'one' }, 'seed', 'invalid_type'],
    ['a bias that is a text', { logit_bias: { 5: 'high' } }, 'logit_bias', 'invalid_type'],
    ['log probabilities', { logprobs: true }, 'logprobs', 'unsupported_parameter'],
    ['JSON output', { response_format: { type: 'json_object' } }, 'response_format', 'unsupported_parameter'],
    ['an unknown field', { tempreature: 1 }, 'tempreature', 'unknown_parameter'],
    ['a temperature of 3', { temperature: 3 }, 'temperature', 'invalid_value'],
    ['no messages', { messages: [] }, 'messages', 'invalid_type'],
    [
      'an image',
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://x' } }] }] },
      'messages[0].content[0].type',
      'unsupported_parameter',
    ],
    [
      'an assistant message at the end',
      { messages: [{ role: 'assistant', content: 'a' }] },
      'messages',
      'invalid_value',
    ],
    ['metadata that is not a string', { metadata: { a: 1 } }, 'metadata', 'invalid_type'],
  ])('rejects %s, and names the field', async (_, more, param, code) => {
    const refused = ask('hi', more);
    await expect(refused).rejects.toThrow(OpenAI.BadRequestError);
    await expect(refused).rejects.toMatchObject({ status: 400, param, code, type: 'invalid_request_error' });
  });

  it('passes settings on to the LLM server', async () => {
    const settings = {
      top_p: 0.9,
      seed: 7,
      presence_penalty: 0.5,
      frequency_penalty: -0.5,
      logit_bias: { '50256': -100 },
      stop: ['END'],
      reasoning_effort: 'high' as const,
      verbosity: 'low' as const,
    };
    const local = { top_k: 40, min_p: 0.05, repetition_penalty: 1.1, chat_template_kwargs: { think: false } };
    await ask('hi', { ...settings, ...local, service_tier: 'auto', parallel_tool_calls: false, user: 'ann' });
    expect(stack.mock.requests.at(-1)!.frame).toMatchObject({ settings: { ...settings, ...local } });
    await ask('hi', { top_p: null, stop: ['', ''], seed: null });
    expect(Object.keys(stack.mock.requests.at(-1)!.frame!.settings!)).toEqual(
      expect.not.arrayContaining(['top_p', 'stop', 'seed']),
    );
  });

  it('accepts unimplemented fields with values that match the actual behavior', async () => {
    const { choices } = await ask('hi', {
      n: 1,
      top_p: 1,
      tools: [],
      logprobs: false,
      response_format: { type: 'text' },
    });
    expect(choices).toHaveLength(1);
  });

  it.each(['/v1//chat/completions', '//v1/chat/completions', '/v1/chat/completions/'])(
    'is found at %s, as clients add slashes to their base URL',
    async (path) => {
      const body = { model: 'm', messages: [{ role: 'user', content: 'hi' }] };
      expect((await stack.call('POST', path, body)).status).toBe(200);
    },
  );

  it('sends Retry-After with errors of an overloaded LLM server', async () => {
    stack.mock.behave({ errorCode: 'overloaded' });
    const failed = ask('hi');
    await expect(failed).rejects.toThrow(OpenAI.InternalServerError);
    await expect(failed).rejects.toMatchObject({
      status: 503,
      type: 'server_error',
      code: 'llm_unavailable',
    });
    const response = await stack.fetch('/v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'big-model', messages: [{ role: 'user', content: 'hi' }], stream: true }),
    });
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
    expect(response.headers.get('x-request-id')).toMatch(/./);
  });

  it.each([
    ['an unknown path', 'GET', '/v1/nothing', undefined, 404],
    ['a body that is not JSON', 'POST', '/v1/chat/completions', '{', 400],
  ])('answers %s with an error in the OpenAI format', async (_, method, path, body, status) => {
    const response = await stack.fetch(path, {
      method,
      ...(body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } }),
    });
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({
      error: {
        message: expect.any(String),
        type: 'invalid_request_error',
        param: null,
        code: expect.any(String),
      },
    });
  });
});
