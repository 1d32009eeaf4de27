import { type WebSocket } from 'ws';
import { ScriptedServer } from '#testing';
import { Stack } from '../harness/stack.js';

interface Question {
  message: string;
  metadata: { session_context: { messages?: { role: string; content: string }[] } };
}

/**
 * Real: the application, PostgreSQL, HTTP and WebSocket. The LLM server refuses messages that do not alternate, as servers
 * with strict chat templates do.
 */
describe('a conversation with a strict LLM server', () => {
  let stack: Stack;
  let server: ScriptedServer;
  let sent: string[];
  beforeEach(async () => {
    server = await ScriptedServer.start(answer);
    sent = [];
  });
  afterEach(async () => {
    await stack.stop();
    await server.stop();
  });

  function answer(frame: Record<string, unknown>, client: WebSocket): void {
    const { message, metadata } = frame as unknown as Question;
    const messages = [...(metadata.session_context.messages ?? []), { role: 'user', content: message }];
    sent.push(messages.map(({ role, content }) => `${role[0]}:${content}`).join(' '));
    const alternates = messages.every(({ role }, at) => role === (at % 2 === 0 ? 'user' : 'assistant'));
    const reply = (value: object): void => client.send(JSON.stringify(value));
    if (!alternates)
      return reply({ error: true, error_code: 'invalid_request', error_message: 'must alternate' });
    if (message.startsWith('fail')) return reply({ error: true, error_code: 'internal_error' });
    if (message.startsWith('refuse')) return reply({ error: true, error_code: 'content_policy_violation' });
    if (message.startsWith('empty')) return reply({ response: '', done: true });
    if (message.startsWith('part')) reply({ chunk: 'half' });
    if (message.startsWith('part') || message.startsWith('wait')) return;
    reply({ response: `re:${message}`, done: true });
  }

  const start = async (environment: Record<string, string> = {}): Promise<void> => {
    stack = await Stack.start({
      environment: { LLM_WEBSOCKET_URL: server.url, LLM_MAX_RETRIES: '0', ...environment },
    });
  };
  const conversation = async (): Promise<string> =>
    `/api/conversations/${(await stack.call('POST', '/api/conversations', {})).body.id as string}/messages`;
  const ask = async (path: string, content: string, more: object = {}): Promise<number> =>
    (await stack.call('POST', path, { content, ...more })).status;

  const untilShown = async (text: string, runId: string): Promise<void> => {
    const { body } = await stack.fetch(`/api/runs/${runId}/events`);
    for await (const chunk of body!.pipeThrough(new TextDecoderStream())) if (chunk.includes(text)) return;
  };

  it.each(['fail', 'refuse', 'empty'])(
    'goes on after a turn with "%s", whose question is left out',
    async (turn) => {
      await start();
      const path = await conversation();
      expect(await ask(path, 'one')).toBe(200);
      expect(await ask(path, turn)).toBeGreaterThanOrEqual(400);
      expect(await ask(path, `${turn} again`)).toBeGreaterThanOrEqual(400);
      expect([await ask(path, 'two'), await ask(path, 'three')]).toEqual([200, 200]);
      expect(sent.slice(-2)).toEqual(['u:one a:re:one u:two', 'u:one a:re:one u:two a:re:two u:three']);
    },
  );

  it('goes on after its first turn failed', async () => {
    await start();
    const path = await conversation();
    await ask(path, 'fail');
    expect([await ask(path, 'two'), sent.at(-1)]).toEqual([200, 'u:two']);
  });

  it('goes on after an interrupted turn: a part of an answer is sent, none is left out with its question', async () => {
    await start();
    for (const [first, expected] of [
      ['wait', 'u:two'],
      ['part', 'u:part a:half u:two'],
    ] as const) {
      const path = await conversation();
      const begun = await stack.call('POST', path, { content: first }, { prefer: 'respond-async' });
      expect(begun.status).toBe(202);
      if (first === 'part') await untilShown('half', begun.body.run_id as string);
      while (sent.at(-1) !== `u:${first}`) await new Promise(setImmediate);
      expect(await ask(path, 'two', { on_busy: 'interrupt' })).toBe(200);
      expect(sent.at(-1)).toBe(expected);
    }
  });

  it.each([
    [{ HISTORY_MAX_MESSAGES: '3' }, 'u:two a:re:two u:three'],
    [{ HISTORY_MAX_CHARS: '1000' }, `u:${'x'.repeat(400)} a:re:${'x'.repeat(400)} u:three`],
  ])('sends whole turns within %j', async (environment, expected) => {
    await start(environment);
    const path = await conversation();
    for (const content of ['one', 'two'])
      await ask(path, 'HISTORY_MAX_CHARS' in environment ? 'x'.repeat(400) : content);
    expect([await ask(path, 'three'), sent.at(-1)]).toEqual([200, expected]);
  });

  it('goes on in /v1/responses, with a conversation and with a previous response', async () => {
    await start();
    const respond = (body: object) =>
      stack.call<{ id: string; status: string }>('POST', '/v1/responses', { model: 'default', ...body });
    const { body } = await stack.call('POST', '/v1/conversations', {});
    await respond({ input: 'fail', conversation: body.id });
    const second = await respond({ input: 'two', conversation: body.id });
    expect([second.body.status, sent.at(-1)]).toEqual(['completed', 'u:two']);
    const { body: third } = await respond({ input: 'three', previous_response_id: second.body.id });
    expect([third.status, sent.at(-1)]).toEqual(['completed', 'u:two a:re:two u:three']);
  });

  it('merges messages of one role that a client stored', async () => {
    await start();
    const item = (role: string, content: string) => ({ type: 'message', role, content });
    const items = [item('user', 'one'), item('user', 'two'), item('assistant', 'A'), item('user', 'three')];
    const { body } = await stack.call('POST', '/v1/conversations', { items });
    const { status } = await stack.call('POST', '/v1/responses', {
      model: 'default',
      input: 'four',
      conversation: body.id,
    });
    expect([status, sent.at(-1)]).toEqual([200, 'u:one\n\ntwo a:A u:three\n\nfour']);
  });
});
