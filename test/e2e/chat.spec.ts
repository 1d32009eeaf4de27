import { textOf } from '../harness/event-stream.js';
import { Stack } from '../harness/stack.js';

/** Uses the application with PostgreSQL and a mock LLM server. */
describe('POST /api/chat', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await Stack.start();
  });
  afterAll(() => stack.stop());

  it('returns the documented response and stores both messages', async () => {
    const { status, body } = await stack.call('POST', '/api/chat', { message: 'what is 6*7?' });

    expect(status).toBe(200);
    expect(body).toEqual({
      success: true,
      response: '6*7 = 42.',
      tokens_used: expect.any(Number),
      model: 'default',
      finish_reason: 'completed',
      source: 'primary',
      conversation_id: expect.any(String),
      message_id: expect.any(String),
      run_id: expect.any(String),
      metadata: expect.any(Object),
    });
    const { body: list } = await stack.call(
      'GET',
      `/api/conversations/${body.conversation_id as string}/messages`,
    );
    expect(list.data).toMatchObject([
      { seq: 1, role: 'user', content: 'what is 6*7?', status: 'completed', parent_id: null, run_id: null },
      {
        seq: 2,
        id: body.message_id,
        role: 'assistant',
        content: '6*7 = 42.',
        status: 'completed',
        run_id: body.run_id,
        finish_reason: 'completed',
        source: 'primary',
      },
    ]);
  });

  it('sends the frame of the guide protocol, with its handshake headers', async () => {
    await stack.call('POST', '/api/chat', {
      message: 'hello there',
      metadata: { sql_mode: true, session_context: { user: 'u1' } },
      settings: { max_tokens: 77, temperature: 0.1 },
    });
    const request = stack.mock.requests.at(-1)!;
    expect(request.frame).toEqual({
      request_id: expect.any(String),
      message: 'hello there',
      model: 'default',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      metadata: {
        sql_mode: true,
        advanced_ai: false,
        session_context: { user: 'u1', conversation_id: expect.any(String), messages: [] },
        user_preferences: {},
      },
      settings: { max_tokens: 77, temperature: 0.1, stream: false },
    });
    expect(request.headers).toMatchObject({ 'x-api-version': 'v1', 'x-client-id': 'chatbot-client' });
  });

  it('continues a conversation: the LLM server gets the earlier messages', async () => {
    const first = await stack.call('POST', '/api/chat', { message: 'my name is Ada' });
    const { conversation_id } = first.body;
    await stack.call('POST', '/api/chat', { message: 'and now?', conversation_id });

    expect(stack.mock.requests.at(-1)!.frame).toMatchObject({
      message: 'and now?',
      metadata: {
        session_context: {
          conversation_id,
          messages: [
            { role: 'user', content: 'my name is Ada' },
            { role: 'assistant', content: first.body.response },
          ],
        },
      },
    });
  });

  it.each([
    ['settings.stream', { settings: { stream: true } }, { accept: 'application/json' }],
    ['the accepted type', {}, { accept: 'text/event-stream' }],
  ])('streams if %s requests it', async (_, more, headers) => {
    const response = await stack.stream('/api/chat', { message: 'write a long story', ...more }, headers);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store, no-transform');
    expect(response.headers.get('x-accel-buffering')).toBe('no');
    await response.body!.cancel();
  });

  it('streams the events of a run in order; their deltas form the stored text', async () => {
    stack.mock.behaveOnce({ tokensPerSecond: 500 });
    const events = await stack.events('/api/chat', { message: 'write a long text with emoji' });
    const types = events.map(({ event }) => event);
    const deltas = events.filter(({ event }) => event === 'message.delta');
    const [completed, finished] = events.slice(-2);

    expect(types.slice(0, 2)).toEqual(['run.started', 'message.created']);
    expect(new Set(types.slice(2, -2))).toEqual(new Set(['message.delta']));
    expect(types.slice(-2)).toEqual(['message.completed', 'run.finished']);
    expect(deltas.length).toBeGreaterThan(10);
    expect(textOf(events)).toBe(completed!.data.message.content);
    const [{ content }] = (await stack.rows<{ content: string }>(
      'SELECT content FROM messages WHERE id = $1',
      [finished!.data.message_id],
    )) as [{ content: string }];
    expect(content).toBe(textOf(events));
    for (const { id, event, data } of events) {
      expect(data).toMatchObject({
        type: event,
        run_id: finished!.data.run_id,
        message_id: finished!.data.message_id,
      });
      if (event === 'message.delta') expect(id).toBe(`1.${data.offset + data.delta.length}`);
    }
    expect(finished!.data.run).toMatchObject({
      status: 'completed',
      attempts: [{ number: 1, route: 'primary', outcome: 'succeeded', endpoint: stack.mock.url }],
    });
  });

  it('sends an answer that arrives in one piece as one delta', async () => {
    stack.mock.behaveOnce({ ignoreStream: true, reply: 'all at once' });
    const events = await stack.events('/api/chat', { message: 'hi' });
    expect(events.filter(({ event }) => event === 'message.delta').map(({ data }) => data.delta)).toEqual([
      'all at once',
    ]);
  });

  it('answers 404 for an unknown conversation, and stores nothing', async () => {
    const [before] = await stack.rows('SELECT count(*) FROM messages');
    const { status, body } = await stack.call('POST', '/api/chat', {
      message: 'hi',
      conversation_id: '01900000-0000-7000-8000-000000000000',
    });
    expect([status, body.code]).toEqual([404, 'conversation_not_found']);
    expect(await stack.rows('SELECT count(*) FROM messages')).toEqual([before]);
  });

  it('keeps the order of a conversation by seq', async () => {
    const { body } = await stack.call('POST', '/api/chat', { message: 'one' });
    const { conversation_id } = body;
    for (const message of ['two', 'three'])
      await stack.call('POST', '/api/chat', { message, conversation_id });
    const rows = await stack.rows(
      'SELECT seq, role, parent_id IS NULL AS is_first FROM messages WHERE conversation_id = $1 ORDER BY seq',
      [conversation_id],
    );
    expect(rows.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(rows.map(({ is_first }) => is_first)).toEqual([true, false, false, false, false, false]);
  });
});
