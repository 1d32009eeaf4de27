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
