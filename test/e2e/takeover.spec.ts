import { setTimeout as sleep } from 'node:timers/promises';
import { allEvents, readEvents, textOf, type ReceivedEvent } from '../harness/event-stream.js';
import { type ReplicaProcess, Replicas } from '../harness/replicas.js';
import { usesBuild } from '../harness/build.js';

/** An answer that takes longer than any test here. */
const slowly = { tokens: 5_000, tokensPerSecond: 50 };

/** Real: compiled servers as processes of their own, their signals, Postgres, HTTP, WebSocket. Mocked: the LLM. */
describe('a run of a server that', () => {
  let replicas: Replicas;
  let owner: ReplicaProcess;

  usesBuild();
  beforeEach(async () => {
    replicas = await Replicas.start(slowly);
    owner = await replicas.add();
  });
  afterEach(() => replicas.stop());

  const stream = (url: string, body: object, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${url}/api/chat`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
      body: JSON.stringify(body),
    });
  const resume = (url: string, { data, id }: ReceivedEvent): Promise<Response> =>
    fetch(`${url}/api/runs/${data.run_id}/events`, { headers: { 'last-event-id': id } });
  const crashes = (): Promise<unknown[]> =>
    replicas.rows('SELECT status, generation, crashes FROM runs ORDER BY created_at');

  /** Resolves after so many deltas, and continues to read until the stream ends or breaks off. */
  const reader = (response: Response, deltas: number): Promise<{ events: ReceivedEvent[] }> => {
    const events: ReceivedEvent[] = [];
    const { promise, resolve, reject } = Promise.withResolvers<{ events: ReceivedEvent[] }>();
    const read = async (): Promise<void> => {
      for await (const event of readEvents(response)) {
        events.push(event);
        if (events.filter(({ event: type }) => type === 'message.delta').length === deltas)
          resolve({ events });
      }
    };
    read().catch(reject);
    return promise;
  };
  /** Resolves when the database has some of its text. */
  const written = async (): Promise<void> => {
    while ((await replicas.rows('SELECT 1 FROM run_pieces')).length === 0) await sleep(20);
  };

  it('is killed is generated again, once, by another server, and its readers get run.retrying', async () => {
    const other = await replicas.add();
    const here = await reader(await stream(owner.url, { message: 'hi' }), 10);
    const there = await reader(await resume(other.url, { ...here.events[0]!, id: '' }), 2);
    replicas.mock.behave({ tokens: 30, tokensPerSecond: 0 });
    await owner.process.stop('SIGKILL');

    const after = await allEvents(await resume(other.url, here.events.at(-1)!));
    const all = [...here.events, ...after];
    expect(after.find(({ event }) => event === 'run.retrying')!.data).toMatchObject({
      attempt: 1001,
      reason: 'server_restart',
      keep_chars: 0,
    });
    expect(after.at(-1)).toMatchObject({ event: 'run.finished', data: { run: { status: 'completed' } } });
    expect(textOf(all)).toBe(after.at(-2)!.data.message.content);
    while (there.events.at(-1)!.event !== 'run.finished') await sleep(20);
    expect(textOf(there.events)).toBe(textOf(all));
    expect(replicas.mock.requestsReceived).toBe(2);
    expect(await crashes()).toEqual([{ status: 'completed', generation: 2, crashes: 1 }]);
  }, 60_000);

  it('is killed, as the one that took over, ends incomplete with the stored text', async () => {
    const here = await reader(await stream(owner.url, { message: 'hi' }), 10);
    await owner.process.stop('SIGKILL');
    const second = await replicas.add();
    const [begun] = here.events;
    while (replicas.mock.requestsReceived < 2) await sleep(20);
    const there = await reader(await resume(second.url, here.events.at(-1)!), 20);
    await second.process.stop('SIGKILL');

    const third = await replicas.add();
    const after = await allEvents(await resume(third.url, there.events.at(-1)!));
    expect(after.at(-1)).toMatchObject({
      event: 'run.finished',
      data: { run: { status: 'incomplete', error: { code: 'server_restart', retryable: true } } },
    });
    const { content } = after.at(-2)!.data.message;
    expect(content).not.toBe('');
    expect(textOf([...here.events, ...there.events, ...after])).toBe(content);
    expect(replicas.mock.requestsReceived).toBe(2);
    const next = { message: 'still there?', conversation_id: begun!.data.run.conversation_id };
    replicas.mock.behave({ tokens: 3, tokensPerSecond: 0 });
    expect((await allEvents(await stream(third.url, next))).at(-1)!.data.run.status).toBe('completed');
  }, 60_000);

  it('is killed ends incomplete if its text must not be restarted', async () => {
    const settings = { restart: 'never', stream: true };
    const here = await reader(await stream(owner.url, { message: 'hi', settings }), 10);
    await written();
    await owner.process.stop('SIGKILL');
    const other = await replicas.add();
    const after = await allEvents(await resume(other.url, here.events.at(-1)!));
    expect(after.at(-1)!.data.run).toMatchObject({
      status: 'incomplete',
      error: { code: 'server_restart' },
    });
    expect(replicas.mock.requestsReceived).toBe(1);
  }, 60_000);

  it('is killed is not generated again after its cancellation was acknowledged', async () => {
    const here = await reader(await stream(owner.url, { message: 'hi' }), 10);
    await written();
    const { run_id } = here.events[0]!.data;
    // The end cannot be stored while another transaction locks the conversation.
    const holder = await replicas.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT 1 FROM conversations FOR UPDATE');
    const cancelled = await fetch(`${owner.url}/api/runs/${run_id}/cancel`, { method: 'POST' });
    expect(cancelled.status).toBe(202);
    await owner.process.stop('SIGKILL');
    await holder.query('ROLLBACK');
    holder.release();

    const other = await replicas.add();
    const after = await allEvents(await resume(other.url, here.events.at(-1)!));
    expect(after.at(-1)!.data.run).toMatchObject({ status: 'cancelled', error: { code: 'cancelled' } });
    expect(after.at(-2)!.data.message.content).not.toBe('');
    expect(replicas.mock.requestsReceived).toBe(1);
  }, 60_000);

  it('freezes is taken over, and the frozen server can write nothing when it continues', async () => {
    const here = await reader(await stream(owner.url, { message: 'hi' }), 10);
    const other = await replicas.add();
    replicas.mock.behave({ tokens: 3, tokensPerSecond: 0 });
    process.kill(owner.process.pid, 'SIGSTOP');
    const after = await allEvents(await resume(other.url, here.events.at(-1)!));
    const { content } = after.at(-2)!.data.message;
    expect(textOf(after)).toBe(content);

    const received = here.events.length;
    process.kill(owner.process.pid, 'SIGCONT');
    // It detects that it lost the lease, cancels the request to the LLM, and closes the streams of its readers.
    await replicas.mock.waitFor((mock) => mock.requests[0]!.outcome === 'abandoned', 10_000);
    expect(here.events.slice(received).map(({ event }) => event)).not.toContain('run.finished');
    expect(await replicas.rows('SELECT content FROM messages ORDER BY seq')).toEqual([
      { content: 'hi' },
      { content },
    ]);
    expect(await replicas.rows('SELECT 1 FROM run_pieces')).toEqual([]);
    expect(await crashes()).toEqual([{ status: 'completed', generation: 2, crashes: 1 }]);
  }, 60_000);

  it('stops under load is taken over at once, as is a queued run; the server ends with exit code 0', async () => {
    const leaving = await replicas.add({ DRAIN_TIMEOUT: '0.2', RUN_LEASE: '60' });
    const readers = await Promise.all(
      Array.from({ length: 10 }, async () => reader(await stream(leaving.url, { message: 'hi' }), 3)),
    );
    const { conversation_id } = readers[0]!.events[0]!.data.run;
    const waiting = await fetch(`${leaving.url}/api/conversations/${String(conversation_id)}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'respond-async' },
      body: JSON.stringify({ content: 'and then?', on_busy: 'queue' }),
    });
    expect(waiting.status).toBe(202);
    replicas.mock.behave({ tokens: 20, tokensPerSecond: 0 });
    expect(await leaving.process.stop('SIGTERM')).toEqual({ code: 0, signal: null });

    for (const { events } of readers) {
      expect(events.map(({ event }) => event)).not.toContain('run.finished');
      const after = await allEvents(await resume(owner.url, events.at(-1)!));
      expect(after.at(-1)!.data.run.status).toBe('completed');
      expect(textOf([...events, ...after])).toBe(after.at(-2)!.data.message.content);
    }
    const queued = await allEvents(await fetch(owner.url + waiting.headers.get('location')! + '/events'));
    expect(queued.at(-1)!.data.run.status).toBe('completed');
    expect(replicas.mock.requestsReceived).toBe(21);
    expect(await crashes()).toEqual([
      ...Array.from({ length: 10 }, () => ({ status: 'completed', generation: 2, crashes: 0 })),
      { status: 'completed', generation: 1, crashes: 0 },
    ]);
  }, 60_000);

  it('stops ends incomplete with the text so far if it must not be restarted', async () => {
    const leaving = await replicas.add({ DRAIN_TIMEOUT: '0' });
    const settings = { restart: 'never', stream: true };
    const { events } = await reader(await stream(leaving.url, { message: 'hi', settings }), 10);
    await leaving.process.stop('SIGTERM');
    const all = await allEvents(await resume(owner.url, { ...events[0]!, id: '' }));
    expect(all.at(-1)!.data.run).toMatchObject({
      status: 'incomplete',
      error: { code: 'server_restart' },
      attempts: [{ number: 1, outcome: 'cancelled' }],
    });
    expect(textOf(all).startsWith(textOf(events))).toBe(true);
    expect(replicas.mock.requestsReceived).toBe(1);
  }, 60_000);
});
