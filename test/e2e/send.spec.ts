import { textOf } from '../harness/event-stream.js';
import { type Json, Stack } from '../harness/stack.js';

/** Uses the application with PostgreSQL and a mock LLM server. */
describe('POST /api/conversations/{id}/messages', () => {
  let stack: Stack;
  let path: string;

  beforeAll(async () => {
    stack = await Stack.start();
  });
  afterAll(() => stack.stop());
  beforeEach(async () => {
    await stack.mock.reset();
    const { body } = await stack.call('POST', '/api/conversations', {});
    path = `/api/conversations/${body.id as string}/messages`;
  });

  const until = async (isDone: () => Promise<boolean>): Promise<void> => {
    while (!(await isDone())) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  const statusOf = async (runId: unknown): Promise<unknown> =>
    (await stack.call('GET', `/api/runs/${runId as string}`)).body.status;

  it('waits for the answer', async () => {
    const { status, body } = await stack.call<{ message: Json; reply: Json; run: Json }>('POST', path, {
      content: 'what is 2+2?',
      model: 'special',
      metadata: { mine: 1 },
    });
    expect(status).toBe(200);
    expect(body.message).toMatchObject({
      seq: 1,
      role: 'user',
      content: 'what is 2+2?',
      metadata: { mine: 1 },
    });
    expect(body.reply).toMatchObject({
      seq: 2,
      role: 'assistant',
      parent_id: body.message.id,
      content: '2+2 = 4.',
      model: 'special',
      usage: { input_tokens: null, output_tokens: null, total_tokens: expect.any(Number) },
    });
    expect(body.run).toMatchObject({ status: 'completed', message_id: body.reply.id, error: null });
    expect(body.run).toEqual((await stack.call('GET', `/api/runs/${body.run.id as string}`)).body);
    expect((await stack.call<{ data: Json[] }>('GET', path)).body.data).toEqual(
      [body.message, body.reply].map((message) => ({
        ...message,
        sibling_ids: [message.id],
        has_more_siblings: false,
        feedback: null,
      })),
    );
  });

  it('streams', async () => {
    const events = await stack.events(path, { content: 'hi' });
    expect(textOf(events)).toBe(events.at(-2)!.data.message.content);
    expect(stack.mock.requests.at(-1)!.frame).toMatchObject({ settings: { stream: true } });
  });

  it('answers immediately with respond-async, and the run continues', async () => {
    stack.mock.behave({ serviceTimeMs: 60 });
    const { status, headers, body } = await stack.call(
      'POST',
      path,
      { content: 'hi' },
      { prefer: 'respond-async' },
    );
    expect(status).toBe(202);
    expect(headers.get('location')).toBe(`/api/runs/${body.id as string}`);
    expect(body).toMatchObject({ status: 'in_progress', attempts: [] });
    await until(async () => (await statusOf(body.id)) === 'completed');
  });

  it('commits the turn before it sends the request to the LLM server', async () => {
    stack.mock.behave({ silence: true });
    const events = await stack.stream(path, { content: 'is it safe?' });
    await stack.mock.waitFor((mock) => mock.requestsReceived === 1);
    const rows = await stack.rows(
      'SELECT role, status, content FROM messages ORDER BY created_at DESC, seq LIMIT 2',
    );
    expect(rows).toEqual([
      { role: 'user', status: 'completed', content: 'is it safe?' },
      { role: 'assistant', status: 'in_progress', content: '' },
    ]);
    await events.body!.cancel();
    await stack.call('DELETE', path.replace('/messages', ''));
  });

  it('continues when the client disconnects', async () => {
    stack.mock.behave({ tokens: 30, tokensPerSecond: 200 });
    const leaving = new AbortController();
    const response = await stack.stream(path, { content: 'tell me' }, {}, leaving.signal);
    const reader = response.body!.getReader();
    await reader.read();
    leaving.abort();
    let stored: Json | undefined;
    await until(async () => {
      [, stored] = (await stack.call<{ data: Json[] }>('GET', path)).body.data;
      return stored?.status !== 'in_progress';
    });
    expect(stored).toMatchObject({ status: 'completed', finish_reason: 'completed' });
    expect(stack.mock.requests.at(-1)!.outcome).toBe('finished');
  });

  it('answers 409 with the active run during another answer, and stores nothing', async () => {
    stack.mock.behave({ serviceTimeMs: 80 });
    const { body: run } = await stack.call('POST', path, { content: 'first' }, { prefer: 'respond-async' });
    const second = await stack.call('POST', path, { content: 'second' });
    expect(second).toMatchObject({
      status: 409,
      body: { code: 'conversation_busy', active_run_id: run.id, retryable: true },
    });
    await until(async () => (await statusOf(run.id)) === 'completed');
    expect((await stack.call('POST', path, { content: 'third' })).status).toBe(200);
    const { body } = await stack.call<{ data: Json[] }>('GET', path);
    expect(body.data.filter(({ role }) => role === 'user').map(({ content }) => content)).toEqual([
      'first',
      'third',
    ]);
  });

  it('accepts one of many simultaneous messages', async () => {
    stack.mock.behave({ serviceTimeMs: 3_000 });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => stack.call('POST', path, { content: `n${index}` })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([
      200,
      ...Array.from({ length: 19 }, () => 409),
    ]);
  });

  it('cancels the request to the LLM server when the conversation is deleted', async () => {
    stack.mock.behave({ tokens: 1_000, tokensPerSecond: 50 });
    const response = await stack.stream(path, { content: 'long' });
    await stack.mock.waitFor((mock) => (mock.requests.at(-1)?.tokensSent ?? 0) > 0);
    expect((await stack.call('DELETE', path.replace('/messages', ''))).status).toBe(204);
    await stack.mock.waitFor((mock) => mock.requests.at(-1)?.outcome === 'abandoned');
    expect(await response.text()).not.toContain('run.finished');
  });

  it('stores many simultaneous turns correctly', async () => {
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        stack.call('POST', '/api/chat', { message: `what is ${index}+1?` }),
      ),
    );
    expect(answers.map(({ body }) => body.response)).toEqual(
      Array.from({ length: 60 }, (_, index) => `${index}+1 = ${index + 1}.`),
    );
  });
});
