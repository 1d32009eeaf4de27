import { allEvents, readEvents, textOf } from '../harness/event-stream.js';
import { type Json, Stack } from '../harness/stack.js';

/** Real: the application with its shutdown hooks, Postgres, HTTP and WebSocket. Mocked: the LLM. */
describe('the restart of a server', () => {
  let stack: Stack;

  const until = async (isDone: () => Promise<boolean>): Promise<void> => {
    while (!(await isDone())) await new Promise((resolve) => setTimeout(resolve, 10));
  };

  afterEach(() => stack.stop());

  it('keeps all data', async () => {
    stack = await Stack.start();
    const { body } = await stack.call('POST', '/api/chat', { message: 'remember me' });
    const path = `/api/conversations/${body.conversation_id as string}/messages`;
    const before = (await stack.call('GET', path)).body;
    await stack.restart();
    expect((await stack.call('GET', path)).body).toEqual(before);
  });

  it('waits for active runs, and refuses new turns meanwhile', async () => {
    stack = await Stack.start({ behavior: { tokens: 40, tokensPerSecond: 100 } });
    const { url } = stack;
    const response = await stack.stream('/api/chat', { message: 'hi' });
    const closing = stack.close();
    await until(async () => (await fetch(`${url}/health/ready`)).status === 503);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    const refused = await stack.call('POST', '/api/chat', { message: 'too late' });
    expect(refused).toMatchObject({ status: 503, body: { code: 'shutting_down', retryable: true } });

    const events = await allEvents(response);
    expect(events.at(-1)!.event).toBe('run.finished');
    expect(events.at(-2)!.data.message.status).toBe('completed');
    await closing;
  });

  it('hands over a run that does not finish in time, and the next server generates its answer', async () => {
    stack = await Stack.start({
      behavior: { tokens: 1_000, tokensPerSecond: 100 },
      environment: { DRAIN_TIMEOUT: '0.1' },
    });
    let id = '';
    for await (const { event, data } of readEvents(await stack.stream('/api/chat', { message: 'hi' }))) {
      id = data.run_id;
      if (event === 'message.delta') break;
    }
    await stack.close();
    await stack.mock.waitFor((mock) => mock.requests.at(-1)!.outcome === 'abandoned');
    const left = await stack.rows('SELECT status, lease_until < now() AS is_free FROM runs WHERE id = $1', [
      id,
    ]);
    expect(left).toEqual([{ status: 'in_progress', is_free: true }]);

    stack.mock.behave({ tokens: 5 });
    const next = await stack.replica();
    try {
      const events = await allEvents(await fetch(`${next.url}/api/runs/${id}/events`));
      expect(events.at(-1)!.data.run).toMatchObject({ status: 'completed', error: null });
      expect(textOf(events)).toBe(events.at(-2)!.data.message.content);
      expect(stack.mock.requestsReceived).toBe(2);
    } finally {
      await next.close();
    }
  });

  it('generates the answer of a server that crashed again, so that its conversation can continue', async () => {
    stack = await Stack.start();
    const { body } = await stack.call('POST', '/api/chat', { message: 'what is 2+3?' });
    const { conversation_id, run_id, message_id } = body;
    // The rows that a server leaves when it is killed during a run, after the lease has expired.
    await stack.rows(
      `UPDATE runs SET status = 'in_progress', finished_at = NULL, lease_until = now() - interval '1 second', attempts = '[]'
       WHERE id = $1`,
      [run_id],
    );
    await stack.rows(`UPDATE messages SET status = 'in_progress', content = '' WHERE id = $1`, [message_id]);
    await stack.rows('UPDATE conversations SET active_run_id = $1 WHERE id = $2', [run_id, conversation_id]);
    const busy = await stack.call('POST', '/api/chat', { message: 'still there?', conversation_id });
    expect([busy.status, busy.body.active_run_id]).toEqual([409, run_id]);

    await stack.restart();
    await until(
      async () => (await stack.call('GET', `/api/runs/${run_id as string}`)).body.status === 'completed',
    );
    const { body: page } = await stack.call<{ data: Json[] }>(
      'GET',
      `/api/conversations/${conversation_id as string}/messages`,
    );
    expect(page.data.map(({ content }) => content)).toEqual(['what is 2+3?', '2+3 = 5.']);
    expect((await stack.call('POST', '/api/chat', { message: 'and now?', conversation_id })).status).toBe(
      200,
    );
  });

  it('does not take over the runs of a server whose lease is valid', async () => {
    stack = await Stack.start({ behavior: { tokens: 30, tokensPerSecond: 60 } });
    const response = await stack.stream('/api/chat', { message: 'hi' });
    const other = await stack.replica();
    const events = await allEvents(response);
    expect(events.at(-2)!.event).toBe('message.completed');
    await other.close();
  });
});
