import { type Behavior } from '#mock-llm';
import { Stack } from '../harness/stack.js';

const model = 'default';
const empty: Partial<Behavior> = { emptyAnswer: true };

/** Uses the application with PostgreSQL and a mock LLM server. */
describe('an answer without text', () => {
  let stack: Stack;
  afterEach(() => stack.stop());

  const start = async (environment: Record<string, string> = {}, behavior = empty): Promise<void> => {
    stack = await Stack.start({ environment: { LLM_MAX_RETRIES: '1', ...environment }, behavior });
  };
  const completion = () =>
    stack.call('POST', '/v1/chat/completions', { model, messages: [{ role: 'user', content: 'hi' }] });
  const response = (more: object = {}) =>
    stack.call('POST', '/v1/responses', { model, input: 'hi', ...more });
  const textOf = async (path: string, body: object): Promise<string> => {
    const headers = { 'content-type': 'application/json' };
    const answer = await stack.fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
    return answer.text();
  };

  it('is a 503 for waiting callers; the attempt contains the reason', async () => {
    await start();
    const { status, body } = await stack.call('POST', '/api/chat', { message: 'hi' });
    expect([status, body.code]).toEqual([503, 'llm_unavailable']);
    const run = await stack.call('GET', `/api/runs/${String(body.run_id)}`);
    expect(run.body).toMatchObject({
      status: 'failed',
      attempts: [{ outcome: 'failed', error_code: 'empty_answer' }],
    });
    expect((await completion()).status).toBe(503);
    expect((await response()).status).toBe(503);
    const metrics = await (await stack.fetch('/metrics')).text();
    expect(metrics).toMatch(/parley_llm_attempts_total\{[^}]*error_code="empty_answer"[^}]*\} 3/);
  });

  it('is a failed message for readers of a stream', async () => {
    await start();
    const events = await stack.events('/api/chat', { message: 'hi' });
    expect(events.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['message.failed', 'run.finished']),
    );
    expect(events.map(({ event }) => event)).not.toContain('message.completed');
    const messages = [{ role: 'user', content: 'hi' }];
    const chunks = await textOf('/v1/chat/completions', { model, messages, stream: true });
    expect(chunks).toContain('llm_unavailable');
    expect(chunks).not.toContain('"finish_reason":"stop"');
    expect(await textOf('/v1/responses', { model, input: 'hi', stream: true })).toContain('response.failed');
  });

  it('is a failure with restart: never, too', async () => {
    await start();
    const body = { message: 'hi', settings: { restart: 'never' } };
    expect((await stack.call('POST', '/api/chat', body)).status).toBe(503);
    const events = await stack.events('/api/chat', body);
    expect(events.map(({ event }) => event)).toContain('message.failed');
  });

  it('is replaced by the fallback reply', async () => {
    await start({ LLM_FALLBACK_REPLY: 'Later.' });
    const { body } = await stack.call('POST', '/api/chat', { message: 'hi' });
    expect(body).toMatchObject({ response: 'Later.', source: 'fallback' });
    expect((await completion()).body).toMatchObject({ choices: [{ message: { content: 'Later.' } }] });
  });

  it('is valid with LLM_EMPTY_ANSWER=accept', async () => {
    await start({ LLM_EMPTY_ANSWER: 'accept' });
    expect(await stack.call('POST', '/api/chat', { message: 'hi' })).toMatchObject({
      status: 200,
      body: { response: '', finish_reason: 'completed' },
    });
    expect(await completion()).toMatchObject({
      status: 200,
      body: { choices: [{ message: { content: '' }, finish_reason: 'stop' }] },
    });
    const events = await stack.events('/api/chat', { message: 'hi' });
    expect(events.map(({ event }) => event)).toContain('message.completed');
  });

  it('is valid if the token limit or a content filter explains it', async () => {
    await start({}, { ...empty, finishReason: 'length' });
    expect(await completion()).toMatchObject({
      status: 200,
      body: { choices: [{ finish_reason: 'length' }] },
    });
    stack.mock.behave({ finishReason: 'content_filter' });
    expect(await completion()).toMatchObject({
      status: 200,
      body: { choices: [{ finish_reason: 'content_filter' }] },
    });
  });
});
