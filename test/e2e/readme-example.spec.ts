import { readFileSync } from 'node:fs';
import { exampleOf, hasPython, PythonServer } from '#testing';
import { claimedBy } from '../documents/claims.js';
import { textOf } from '../harness/event-stream.js';
import { Stack } from '../harness/stack.js';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

/** A server in Python that implements the guide protocol. Skipped if Python or its package is not installed. */
(hasPython() ? describe : describe.skip)("README's LLM server in Python", () => {
  let server: PythonServer;
  let stack: Stack;

  beforeAll(async () => {
    server = await PythonServer.ofPage(readme);
    stack = await Stack.start({ environment: { LLM_WEBSOCKET_URL: server.url('/') } });
  });
  afterAll(async () => {
    await stack?.stop();
    await server?.stop();
  });

  it('has at most thirty lines', () => {
    const [block] = claimedBy('test/e2e/readme-example.spec.ts');
    expect(block!.text).toBe(exampleOf(readme));
    expect(exampleOf(readme).trimEnd().split('\n').length).toBeLessThanOrEqual(30);
  });

  it('answers with and without streaming, and gets the history', async () => {
    const first = await stack.call('POST', '/api/chat', { message: 'hi' });
    expect([first.status, first.body]).toMatchObject([
      200,
      { response: 'You said: hi. Before that there were 0 messages.', model: 'echo-1', source: 'primary' },
    ]);
    const { conversation_id } = first.body;
    const events = await stack.events('/api/chat', { message: 'again', conversation_id });
    expect(textOf(events)).toBe('You said: again. Before that there were 2 messages.');
    expect(events.filter(({ event }) => event === 'message.delta').length).toBeGreaterThan(1);
    expect(events.map(({ event }) => event)).not.toContain('run.retrying');
    expect(events.at(-1)!.data.run.status).toBe('completed');
  });
});
