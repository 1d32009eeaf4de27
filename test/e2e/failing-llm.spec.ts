import { textOf } from '../harness/event-stream.js';
import { type Json, Stack } from '../harness/stack.js';

/** Uses the application with PostgreSQL and failing mock LLM servers. */
describe('when the LLM fails', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await Stack.start({ environment: { LLM_MAX_RETRIES: '1' } });
  });
  afterAll(() => stack.stop());
  beforeEach(() => stack.mock.reset());

  const messagesOf = async (conversationId: unknown): Promise<Json[]> =>
    (await stack.call<{ data: Json[] }>('GET', `/api/conversations/${conversationId as string}/messages`))
      .body.data;

  it('sends the Retry-After of the LLM server to the caller', async () => {
    stack.mock.behave({ errorCode: 'rate_limited', retryAfter: 40 });
    const { status, headers, body } = await stack.call('POST', '/api/chat', { message: 'now?' });
    expect([status, headers.get('retry-after')]).toEqual([503, '40']);
    const run = await stack.call('GET', `/api/runs/${body.run_id as string}`);
    expect(run.body.error).toMatchObject({ code: 'llm_unavailable', retry_after: 40 });
  });

  it('answers 503 with the ids of the stored messages; the answer is failed', async () => {
    await stack.mock.goDown();
    const { status, headers, body } = await stack.call('POST', '/api/chat', { message: 'anybody there?' });
    await stack.mock.comeUp();

    expect(status).toBe(503);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(body).toMatchObject({ code: 'llm_unavailable', retryable: true, message_id: expect.any(String) });
    expect(await messagesOf(body.conversation_id)).toMatchObject([
      { role: 'user', content: 'anybody there?', status: 'completed' },
      { role: 'assistant', content: '', status: 'failed', id: body.message_id },
    ]);
    const { body: run } = await stack.call('GET', `/api/runs/${body.run_id as string}`);
    expect(run).toMatchObject({
      status: 'failed',
      error: { code: 'llm_unavailable', retryable: true },
      attempts: [
        { number: 1, outcome: 'failed', error_code: 'connect_failed', first_token_ms: null },
        { number: 2, outcome: 'failed', error_code: 'connect_failed' },
      ],
    });
  });

  it('names a refused handshake in the detail for operators, in the attempt and in the health report', async () => {
    stack.mock.behave({ refuse: 403 });
    const { body } = await stack.call('POST', '/api/chat', { message: 'hi' });
    const { body: run } = await stack.call('GET', `/api/runs/${body.run_id as string}`);
    const { body: health } = await stack.call('GET', '/api/llm/health');
    const refused =
      /ws:\S+ refused the WebSocket handshake with HTTP 403 Forbidden \(wrong key, path, Origin or User-Agent\)/;
    expect(body.detail).toMatch(refused);
    expect((run.attempts as Json[]).map((attempt) => attempt.error_message)).toEqual([
      expect.stringMatching(refused),
    ]);
    expect(JSON.stringify(health.llm_service)).toMatch(
      /"last_error":"unauthorized: ws:\S+ refused .* HTTP 403 Forbidden/,
    );
  });

  it('reports the failure in a stream', async () => {
    stack.mock.behave({ errorCode: 'internal_error', errorMessage: 'boom' });
    const events = await stack.events('/api/chat', { message: 'hi' });
    expect(events.map(({ event }) => event)).toEqual([
      'run.started',
      'message.created',
      'message.failed',
      'run.finished',
    ]);
    expect(events.at(-1)!.data.run).toMatchObject({ status: 'failed', error: { code: 'llm_unavailable' } });
  });

  it('retries silently before any text was sent', async () => {
    stack.mock.behaveOnce({ errorCode: 'overloaded' });
    const events = await stack.events('/api/chat', { message: 'what is 1+1?' });
    expect(textOf(events)).toBe('1+1 = 2.');
    expect(events.map(({ event }) => event)).not.toContain('run.retrying');
    expect(events.at(-1)!.data.run.attempts).toMatchObject([
      { number: 1, outcome: 'failed', error_code: 'overloaded' },
      { number: 2, outcome: 'succeeded' },
    ]);
    expect(events.at(-1)!.id).toBe('2.8.end');
  });

  it('restarts an interrupted answer with run.retrying', async () => {
    stack.mock.behaveOnce({ cut: 'reset', afterTokens: 3, tokens: 10, tokensPerSecond: 100 });
    stack.mock.behaveOnce({ reply: 'A whole answer.' });
    const events = await stack.events('/api/chat', { message: 'hi' });
    const retrying = events.find(({ event }) => event === 'run.retrying')!;
    expect(retrying.data).toMatchObject({
      attempt: 2,
      keep_chars: 0,
      reason: 'connection_closed',
      endpoint: stack.mock.url,
    });
    expect(retrying.id).toBe('2.0');
    expect(textOf(events)).toBe('A whole answer.');
    expect(events.at(-2)!.data.message.content).toBe('A whole answer.');
  });

  it("reports the LLM server's reason for an invalid request, without a retry", async () => {
    stack.mock.behave({ errorCode: 'content_policy_violation', errorMessage: 'not with me' });
    const { status, body } = await stack.call('POST', '/api/chat', { message: 'something bad' });
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: 'content_policy_violation', detail: 'not with me', retryable: false });
    expect(stack.mock.requestsReceived).toBe(1);
  });

  it('reports a conversation that is too long for every model', async () => {
    stack.mock.behave({ errorCode: 'context_length_exceeded', errorMessage: '9,000 tokens are too many' });
    const { status, body } = await stack.call('POST', '/api/chat', { message: 'a very long story' });
    expect([status, body.code, body.retryable]).toEqual([422, 'context_length_exceeded', false]);
    expect(body.detail).toBe('9,000 tokens are too many');
    expect(stack.mock.requestsReceived).toBe(1);
  });

  it('accepts the next message in the same conversation', async () => {
    stack.mock.behaveOnce({ errorCode: 'internal_error' }, 2);
    const failed = await stack.call('POST', '/api/chat', { message: 'first' });
    const { conversation_id } = failed.body;
    const { status } = await stack.call('POST', '/api/chat', { message: 'second', conversation_id });
    expect([failed.status, status]).toEqual([503, 200]);
  });
});

describe('with settings.restart: never', () => {
  it('keeps the partial answer, as incomplete', async () => {
    const stack = await Stack.start({ mocks: 1 });
    try {
      stack.mock.behaveOnce({ cut: 'reset', afterTokens: 3, tokens: 10, tokensPerSecond: 100 });
      const events = await stack.events('/api/chat', { message: 'hi', settings: { restart: 'never' } });
      const [last, finished] = events.slice(-2);
      expect([last!.event, last!.data.message.finish_reason]).toEqual([
        'message.incomplete',
        'connection_closed',
      ]);
      expect(textOf(events)).not.toBe('');
      expect(last!.data.message.content).toBe(textOf(events));
      expect(finished!.data.run).toMatchObject({
        status: 'incomplete',
        error: { code: 'connection_closed' },
      });
      expect(stack.mock.requestsReceived).toBe(1);
    } finally {
      await stack.stop();
    }
  });
});

describe('when the queue for the LLM is full', () => {
  it('refuses immediately, and stores nothing', async () => {
    const stack = await Stack.start({
      behavior: { silence: true },
      environment: { LLM_MAX_CONNECTIONS: '1', LLM_MAX_QUEUE: '1' },
    });
    try {
      const [first, second] = await Promise.all(
        ['one', 'two'].map((message) =>
          stack
            .call('POST', '/api/conversations', {})
            .then(({ body }) =>
              stack.call(
                'POST',
                `/api/conversations/${body.id as string}/messages`,
                { content: message },
                { prefer: 'respond-async' },
              ),
            ),
        ),
      );
      expect([first!.status, second!.status]).toEqual([202, 202]);
      await stack.mock.waitFor((mock) => mock.requestsReceived === 1);
      const { status, headers, body } = await stack.call('POST', '/api/chat', { message: 'three' });
      expect([status, body.code, body.retryable]).toEqual([503, 'llm_overloaded', true]);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await stack.rows(`SELECT 1 FROM messages WHERE content = 'three'`)).toEqual([]);
      for (const { id } of await stack.rows('SELECT id FROM conversations')) {
        await stack.call('DELETE', `/api/conversations/${id as string}`);
      }
    } finally {
      await stack.stop();
    }
  });
});

describe('with a fallback', () => {
  it('answers from the fallback route, with source fallback', async () => {
    const stack = await Stack.start({
      mocks: 2,
      environment: (mocks) => ({ LLM_MAX_RETRIES: '0', LLM_FALLBACK_URLS: mocks[1]!.url }),
    });
    try {
      await stack.mocks[0]!.goDown();
      const { status, body } = await stack.call('POST', '/api/chat', { message: 'what is 1+2?' });
      expect([status, body.source, body.response]).toEqual([200, 'fallback', '1+2 = 3.']);
      const { body: run } = await stack.call('GET', `/api/runs/${body.run_id as string}`);
      expect(run.attempts).toMatchObject([
        { route: 'primary', outcome: 'failed' },
        { route: 'fallback', outcome: 'succeeded' },
      ]);
    } finally {
      await stack.stop();
    }
  });

  it('answers with the fallback reply if all routes fail', async () => {
    const stack = await Stack.start({
      environment: { LLM_MAX_RETRIES: '0', LLM_FALLBACK_REPLY: 'Please come back later.' },
      behavior: { closeCode: 1011 },
    });
    try {
      const { status, body } = await stack.call('POST', '/api/chat', { message: 'hi' });
      expect([status, body.source, body.response]).toEqual([200, 'fallback', 'Please come back later.']);
      const events = await stack.events('/api/chat', { message: 'hi' });
      expect(textOf(events)).toBe('Please come back later.');
      expect(events.at(-2)!.data.message).toMatchObject({
        source: 'fallback',
        status: 'completed',
        model: null,
      });
    } finally {
      await stack.stop();
    }
  });
});
