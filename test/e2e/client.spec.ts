import { ConnectionError, newId, ParleyClient, ProblemError, type RunEvent, type RunStream } from '#client';
import { FaultProxy } from '../faults/fault-proxy.js';
import { Stack } from '../harness/stack.js';

/** Uses the client with the server, through a proxy that can cut connections. */
describe('the client', () => {
  let stack: Stack;
  let proxy: FaultProxy;
  let client: ParleyClient;

  beforeAll(async () => {
    stack = await Stack.start();
    proxy = await FaultProxy.start(portOf(stack.url));
  });
  afterAll(async () => {
    await proxy.stop();
    await stack.stop();
  });
  beforeEach(async () => {
    await stack.mock.reset();
    client = new ParleyClient({
      baseUrl: `http://127.0.0.1:${proxy.port}`,
      backoff: { baseMs: 5, maxMs: 50 },
      maxRetries: 1_000,
    });
  });

  const newConversation = async (): Promise<string> => (await client.createConversation()).id;
  /** Reads to the end, and calls a function after a number of deltas. */
  const read = async (
    stream: RunStream,
    deltas: number,
    then: () => unknown = () => undefined,
  ): Promise<RunEvent[]> => {
    const events: RunEvent[] = [];
    let count = 0;
    for await (const event of stream) {
      events.push(event);
      if (event.type === 'message.delta' && ++count === deltas) await then();
    }
    return events;
  };
  const textOf = (events: readonly RunEvent[]): string =>
    events.reduce((text, event) => {
      if (event.type === 'run.retrying') return text.slice(0, event.keep_chars);
      return event.type === 'message.delta' ? text + event.delta : text;
    }, '');

  it('creates a conversation, sends, reads the answer, lists, renames and deletes', async () => {
    const { id } = await client.createConversation({ title: 'Sums' });
    const { message, run } = await client.send(id, { content: 'what is 6*7?' }).finished();
    expect([message?.content, run.status]).toEqual(['6*7 = 42.', 'completed']);
    expect((await client.getRun(run.id)).attempts).toHaveLength(1);
    const { data } = await client.listMessages(id);
    expect(data.map(({ role, content }) => [role, content])).toEqual([
      ['user', 'what is 6*7?'],
      ['assistant', '6*7 = 42.'],
    ]);
    expect((await client.updateConversation(id, { title: 'Products' })).title).toBe('Products');
    expect((await client.getConversation(id)).title).toBe('Products');
    const { data: listed } = await client.listConversations({ limit: 1 });
    expect(listed.map(({ id }) => id)).toEqual([id]);
    await client.deleteConversation(id);
    await expect(client.getConversation(id)).rejects.toThrow(ProblemError);
    expect((await client.llmHealth()).llm_service.status).toBe('healthy');
  });

  it('resumes where it was each time its connection is cut', async () => {
    stack.mock.behave({ tokens: 200, tokensPerSecond: 200 });
    const stream = client.send(await newConversation(), { content: 'go on' });
    const cutting = setInterval(() => proxy.cutAll(), 120);
    const events = await read(stream, 1, () => proxy.cutAll());
    clearInterval(cutting);
    const ended = events.at(-2)!;
    expect(ended.type).toBe('message.completed');
    expect(textOf(events)).toBe('message' in ended ? ended.message.content : '');
    expect(stream.text).toBe(textOf(events));
    expect(events.filter(({ type }) => type === 'run.started')).toHaveLength(1);
  });

  it('waits for an unavailable server, and receives from the next one that the text restarts', async () => {
    const hasty = await Stack.start({
      behavior: { tokens: 100, tokensPerSecond: 50 },
      environment: { DRAIN_TIMEOUT: '0.05' },
    });
    const way = await FaultProxy.start(portOf(hasty.url));
    const far = new ParleyClient({
      baseUrl: `http://127.0.0.1:${way.port}`,
      backoff: { baseMs: 5, maxMs: 50 },
      maxRetries: 1_000,
    });
    const { id } = await far.createConversation();
    const stream = far.send(id, { content: 'go on' });
    const events = await read(stream, 5, async () => {
      await way.behave({ kind: 'refuse' });
      way.cutAll();
      await hasty.restart();
      way.target = portOf(hasty.url);
      await way.behave({ kind: 'pass' });
    });
    const last = events.at(-1)!;
    expect(last.type === 'run.finished' && last.run.status).toBe('completed');
    expect(events.filter(({ type }) => type === 'run.retrying')).toHaveLength(1);
    expect((await far.listMessages(id)).data.at(-1)!.content).toBe(stream.text);
    await way.stop();
    await hasty.stop();
  });

  it('reports a failed LLM server, and returns the text of the next one', async () => {
    stack.mock.behaveOnce({ cut: 'reset', afterTokens: 20, tokens: 30, tokensPerSecond: 200 });
    const stream = client.send(await newConversation(), { content: 'a long story' });
    const events = await read(stream, 0);
    expect(events.filter(({ type }) => type === 'run.retrying')).toHaveLength(1);
    expect(textOf(events)).toBe(stream.text);
  });

  it('resumes a run that it left earlier', async () => {
    stack.mock.behave({ tokens: 100, tokensPerSecond: 200 });
    const first = client.send(await newConversation(), { content: 'go on' });
    for await (const { type } of first) if (type === 'message.delta') break;
    const { runId, position, text } = first;
    const later = client.follow(runId!, { after: { position, text } });
    const { message } = await later.finished();
    expect(later.text).toBe(message!.content);
    expect(later.text.startsWith(text)).toBe(true);
    expect(later.text.length).toBeGreaterThan(text.length);
  });

  it('cancels a run, whose partial text is kept', async () => {
    stack.mock.behave({ tokens: 2_000, tokensPerSecond: 100 });
    const stream = client.send(await newConversation(), { content: 'go on' });
    const events = await read(stream, 2, () => client.cancelRun(stream.runId!));
    expect(events.at(-2)!.type).toBe('message.cancelled');
    expect(stream.text).not.toBe('');
  });

  it('throws errors of the server and connection errors', async () => {
    await expect(client.getRun(newId())).rejects.toMatchObject({ status: 404, code: 'run_not_found' });
    await expect(client.send(newId(), { content: '' }).finished()).rejects.toMatchObject({
      status: 400,
      problem: { errors: [{ field: 'content' }] },
    });
    const nowhere = new ParleyClient({ baseUrl: 'http://127.0.0.1:1', maxRetries: 0 });
    await expect(nowhere.listConversations()).rejects.toThrow(ConnectionError);
    await expect(nowhere.follow(newId()).finished()).rejects.toMatchObject({ code: 'unreachable' });
  });
});

function portOf(url: string): number {
  return Number(new URL(url).port);
}
