import { ScriptedServer } from '#testing';
import { checkLlm } from './check-llm.js';
import { checked, containing } from './checked.js';

/** Real: sockets. Mocked: an LLM server, which remembers as it is made to. */
describe('npm run check-llm, and what a connection remembers', () => {
  let server: ScriptedServer;
  afterEach(() => server.stop());

  /** Answers with all that it knows: the question, what came with it, and what `memory` has for the connection. */
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

  it('finds that conversations on one connection share what was said', async () => {
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

  it('finds that all connections share it', async () => {
    const memory: string[] = [];
    expect((await checked(await remembering(() => memory))).findings.memory).toMatchObject({
      verdict: 'differs',
      says: containing('on another connection'),
    });
  }, 60_000);

  it('sees that they share nothing', async () => {
    expect((await checked(await remembering(() => []))).findings.memory).toMatchObject({ verdict: 'works' });
  }, 60_000);

  it('sees a count of what was said before', async () => {
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

  it('says so when answers show nothing', async () => {
    server = await ScriptedServer.start((_, client) => client.send('{"response":"Hello.","done":true}'));
    expect((await checked(server.url)).findings.memory).toMatchObject({ verdict: 'note' });
  }, 60_000);
});

/** Real: sockets. Mocked: an LLM server that speaks as no other one. */
describe('a draft of check-llm', () => {
  let server: ScriptedServer;
  afterEach(() => server.stop());

  /** The draft for a server that answers a `say` with what `answer` makes of it. */
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

  it('gives each conversation its own connection where the server remembers', async () => {
    const memories = new WeakMap<object, string>();
    const draft = await draftFor((said, client) => {
      const before = memories.get(client) ?? '';
      memories.set(client, before + said);
      return `You said ${said}, and before that ${before}.`;
    });
    expect(draft).toMatch(conversation);
    expect(draft).toContain('# The server remembers');
  }, 60_000);

  it('does so, too, where answers show nothing', async () => {
    const draft = await draftFor(() => 'One, two, three, four.');
    expect(draft).toMatch(conversation);
    expect(draft).toContain('could not be tested');
  }, 60_000);

  it('lets conversations share connections that share nothing else', async () => {
    const draft = await draftFor((said) => `You said ${said}.`);
    expect(draft).toMatch(/^name: drafted$/m);
    expect(draft).not.toMatch(/reuse: /);
  }, 60_000);
});
