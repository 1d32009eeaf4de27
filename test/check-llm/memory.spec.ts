import { parse } from 'yaml';
import { ScriptedServer } from '#testing';
import { checkLlm } from './check-llm.js';
import { checked, containing } from './checked.js';

/** Real: sockets. Mocked: an LLM server that remembers messages. */
describe('the memory check of npm run check-llm', () => {
  let server: ScriptedServer;
  afterEach(() => server.stop());

  /** Answers with the question, its context, and the messages in the memory of the connection. */
  const remembering = async (memoryOf: (client: object) => string[]): Promise<string> => {
    server = await ScriptedServer.start((frame, client) => {
      const memory = memoryOf(client);
      const { session_context } = (frame.metadata ?? {}) as { session_context?: unknown };
      const text = JSON.stringify([...memory, frame.message, session_context]);
      memory.push(String(frame.message));
      client.send(JSON.stringify({ response: text, done: true }));
    });
    return server.url;
  };

  it('detects that conversations on one connection share messages', async () => {
    const memories = new WeakMap<object, string[]>();
    const url = await remembering((client) => {
      if (!memories.has(client)) memories.set(client, []);
      return memories.get(client)!;
    });
    expect((await checked(url)).findings.memory).toMatchObject({
      verdict: 'differs',
      says: containing('on the same connection'),
      advice: containing('reuse: conversation'),
    });
  }, 60_000);

  it('detects that all connections share messages', async () => {
    const memory: string[] = [];
    expect((await checked(await remembering(() => memory))).findings.memory).toMatchObject({
      verdict: 'differs',
      says: containing('on another connection'),
    });
  }, 60_000);

  it('detects that conversations share nothing', async () => {
    expect((await checked(await remembering(() => []))).findings.memory).toMatchObject({ verdict: 'works' });
  }, 60_000);

  it('detects that the answer depends on the number of earlier messages', async () => {
    const counts = new WeakMap<object, number>();
    server = await ScriptedServer.start((_, client) => {
      const count = counts.get(client) ?? 0;
      counts.set(client, count + 1);
      client.send(JSON.stringify({ response: `After ${count} messages.`, done: true }));
    });
    expect((await checked(server.url)).findings.memory).toMatchObject({
      verdict: 'differs',
      says: containing('another answer'),
    });
  }, 60_000);

  it('reports if the answers do not show anything', async () => {
    server = await ScriptedServer.start((_, client) => client.send('{"response":"Hello.","done":true}'));
    expect((await checked(server.url)).findings.memory).toMatchObject({ verdict: 'note' });
  }, 60_000);
});

/** Real: sockets. Mocked: an LLM server of an unknown protocol. */
describe('a draft of check-llm', () => {
  let server: ScriptedServer;
  afterEach(() => server.stop());

  /** The draft for a server that responds to `say` with the result of `answer`. */
  const draftFor = async (answer: (said: string, client: object) => string): Promise<string> => {
    server = await ScriptedServer.start(({ say }, client) => {
      if (typeof say !== 'string') return client.send('{"kind":"wrong","problem":"say is missing"}');
      for (const word of answer(say, client).match(/\S+\s*/g) ?? []) {
        client.send(JSON.stringify({ kind: 'word', word }));
      }
      client.send('{"kind":"over"}');
    });
    const { out } = await checkLlm([server.url, '--json', '--send', '{"say":"{{prompt}}"}']);
    const { recognised } = JSON.parse(out) as { recognised: { draft: string | null } };
    return recognised.draft ?? '';
  };
  it('has the handshake of a list of frames, numeric ids, and errors that the end frame follows', async () => {
    server = await ScriptedServer.start(({ type, token, id, say }, client) => {
      const send = (...frames: object[]) => frames.forEach((frame) => client.send(JSON.stringify(frame)));
      if (type === 'auth') return send(token === 't' ? { type: 'auth_ok' } : { type: 'auth_invalid' });
      if (typeof id !== 'number') return send({ id, type: 'error', message: 'id must be a number' });
      if (String(say).includes('fail'))
        return send({ id, type: 'error', message: 'overloaded' }, { id, type: 'end' });
      send({ id, type: 'status', text: 'Thinking of an answer' });
      const text = /Count/.test(String(say)) ? 'One, two, three' : `You said ${String(say)}`;
      send(...(text.match(/\S+\s*/g) ?? []).map((piece) => ({ id, type: 'token', text: piece })), {
        id,
        type: 'end',
      });
    });
    server.greeting = [{ type: 'auth_required' }];
    const frames = [
      { type: 'auth', token: 't' },
      { id: '{{id}}', say: '{{prompt}}' },
    ];
    const { exitCode, out } = await checkLlm([server.url, '--json', '--send', JSON.stringify(frames)]);
    const { recognised } = JSON.parse(out) as { recognised: { draft: string } };
    expect(exitCode).toBe(0);
    expect(parse(recognised.draft)).toMatchObject({
      handshake: [
        { expect: { type: 'auth_required' } },
        { send: frames[0] },
        { expect: { type: 'auth_ok' } },
      ],
      request: { send: frames[1] },
      correlation: { request: 'id', ids: 'number' },
      error: { when: { type: 'error' }, message: 'message', followed_by_end: true },
      end: { when: { type: 'end' } },
      delta: { when: { type: 'token' }, text: 'text' },
    });
  }, 60_000);

  const conversation = /^connection:\n {2}reuse: conversation$/m;

  it('gives each conversation its own connections if the server remembers messages', async () => {
    const memories = new WeakMap<object, string>();
    const draft = await draftFor((said, client) => {
      const before = memories.get(client) ?? '';
      memories.set(client, before + said);
      return `You said ${said}, and before that ${before}.`;
    });
    expect(draft).toMatch(conversation);
    expect(draft).toContain('# The server remembers');
  }, 60_000);

  it('gives each conversation its own connections if the answers do not show anything', async () => {
    const draft = await draftFor(() => 'One, two, three, four.');
    expect(draft).toMatch(conversation);
    expect(draft).toContain('could not be tested');
  }, 60_000);

  it('lets conversations share connections if they share nothing else', async () => {
    const draft = await draftFor((said) => `You said ${said}.`);
    expect(draft).toMatch(/^name: drafted$/m);
    expect(draft).not.toMatch(/reuse: /);
  }, 60_000);
});
