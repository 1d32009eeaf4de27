import { type ConnectionGate, type ConnectionState, ParleyClient, type RunEvent } from '../src/index.js';
import { events, plain, problem, type Reply, ScriptedServer } from './scripted-server.js';

const of = { run_id: 'r1', message_id: 'm2' };
const started: [string, object] = ['0.0', { type: 'run.started', ...of, run: { id: 'r1' } }];
const delta = (offset: number, text: string): [string, object] => [
  `1.${offset + text.length}`,
  { type: 'message.delta', ...of, offset, delta: text },
];
const completed = (text: string): [string, object][] => [
  [`1.${text.length}`, { type: 'message.completed', ...of, message: { id: 'm2', content: text } }],
  [`1.${text.length}.end`, { type: 'run.finished', ...of, run: { id: 'r1', status: 'completed' } }],
];

/** Tests with HTTP over real sockets; the responses are scripted. */
describe('RunStream', () => {
  let server: ScriptedServer;
  let states: ConnectionState[];
  let client: ParleyClient;
  let pauses: number[];

  beforeAll(async () => {
    server = await ScriptedServer.start();
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    states = [];
    pauses = [];
    client = new ParleyClient({
      baseUrl: server.url,
      apiKey: () => 'key-of-ann',
      maxRetries: 3,
      random: () => 0,
      sleep: async (ms) => void pauses.push(ms),
    });
  });
  const onConnection = (state: ConnectionState): void => void states.push(state);
  const send = () => client.send('c1', { content: 'hi' }, { onConnection, idempotencyKey: 'k1' });

  it('continues on another connection when its permit is revoked, without a pause', async () => {
    const open: Reply = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const [id, data] of [started, delta(0, 'Hel')])
        response.write(`id: ${id}\ndata: ${JSON.stringify(data)}\n\n`);
    };
    server.script(open, events([delta(0, 'Hello'), ...completed('Hello')]));
    const permits: { revoking: AbortController; releases: number }[] = [];
    const gate: ConnectionGate = {
      acquire: () => {
        const permit = { revoking: new AbortController(), releases: 0 };
        permits.push(permit);
        return Promise.resolve({
          revoked: permit.revoking.signal,
          release: () => void (permit.releases += 1),
        });
      },
    };
    const stream = client.send('c1', { content: 'hi' }, { onConnection, gate });
    for await (const { type } of stream) if (type === 'message.delta') permits[0]!.revoking.abort();
    expect(stream.text).toBe('Hello');
    expect(states).toEqual([{ state: 'open' }, { state: 'open' }]);
    expect(server.requests.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, '1.3']);
    expect([pauses, permits.map(({ releases }) => releases)]).toEqual([[], [1, 1]]);
  });

  it('resumes a stream that was cut after the last event that it has read', async () => {
    server.script(
      events([started, delta(0, 'Hel')]),
      events([delta(3, 'lo ')], 'cut'),
      events([delta(6, 'you'), ...completed('Hello you')]),
    );
    const stream = send();
    const types: string[] = [];
    for await (const { type } of stream) types.push(type);

    expect(stream.text).toBe('Hello you');
    expect(types).toEqual([
      'run.started',
      'message.delta',
      'message.delta',
      'message.delta',
      'message.completed',
      'run.finished',
    ]);
    expect(
      server.requests.map(({ method, url, headers }) => [method, url, headers['last-event-id']]),
    ).toEqual([
      ['POST', '/api/conversations/c1/messages', undefined],
      ['GET', '/api/runs/r1/events', '1.3'],
      ['GET', '/api/runs/r1/events', '1.6'],
    ]);
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(
      Array(3).fill('Bearer key-of-ann'),
    );
    expect(states.map(({ state }) => state)).toEqual(['open', 'waiting', 'open', 'waiting', 'open']);
  });

  it('repeats the request with the same key until an event arrives', async () => {
    server.script(
      (response) => response.destroy(),
      problem(503, { code: 'shutting_down', retryable: true }, { 'retry-after': '1' }),
      plain(502, '<h1>Bad Gateway</h1>'),
      events([started, delta(0, 'ok'), ...completed('ok')]),
    );
    const { message, run } = await send().finished();
    expect([message?.content, run.status]).toEqual(['ok', 'completed']);
    expect(
      new Set(server.requests.map(({ headers, body }) => `${headers['idempotency-key'] as string} ${body}`)),
    ).toEqual(new Set(['k1 {"content":"hi"}']));
    expect(pauses).toEqual([150, 1_000, 600]);
  });

  it('generates a key for each message', async () => {
    server.script(...Array<ReturnType<typeof plain>>(2).fill(events([started, ...completed('')])));
    await client.send('c1', { content: 'a' }).finished();
    await client.send('c1', { content: 'a' }).finished();
    const [first, second] = server.requests.map(({ headers }) => headers['idempotency-key']);
    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    expect(second).not.toBe(first);
  });

  it.each([
    [401, 'missing_api_key', false],
    [409, 'conversation_busy', true],
    [400, 'validation_failed', false],
  ])('does not retry after status %i', async (status, code, retryable) => {
    server.script(problem(status, { code, retryable, active_run_id: 'r0' }));
    await expect(send().finished()).rejects.toMatchObject({
      name: 'ProblemError',
      status,
      code,
      problem: { active_run_id: 'r0' },
    });
    expect(server.requests).toHaveLength(1);
  });

  it('throws after too many failures in a row, and counts from zero after every event', async () => {
    server.script(
      events([started]),
      plain(503),
      plain(503),
      events([delta(0, 'a')]),
      plain(503),
      plain(503),
      plain(504),
    );
    await expect(send().finished()).rejects.toMatchObject({ status: 504, code: 'http_504' });
    expect(
      states.filter(({ state }) => state === 'waiting').map((state) => 'failures' in state && state.failures),
    ).toEqual([1, 2, 3, 1, 2, 3]);
  });

  it('requests missing text again', async () => {
    server.script(
      events([started, delta(0, 'ab'), delta(3, 'd')]),
      events([delta(2, 'cd'), ...completed('abcd')]),
    );
    const stream = send();
    await stream.finished();
    expect(server.requests[1]!.headers['last-event-id']).toBe('1.2');
  });

  it('continues after an earlier stream, and ends if the run has no more events', async () => {
    server.script(events([delta(2, 'c'), ...completed('abc')]), plain(204));
    const first = client.follow('r1', { after: { position: '1.2', text: 'ab' } });
    await first.finished();
    expect([server.requests[0]!.url, server.requests[0]!.headers['last-event-id']]).toEqual([
      '/api/runs/r1/events',
      '1.2',
    ]);
    const { position, text } = first;
    expect([position, text]).toEqual(['1.3.end', 'abc']);

    const seen: RunEvent[] = [];
    for await (const event of client.follow('r1', { after: { position, text } })) seen.push(event);
    expect(seen).toEqual([]);
  });

  it('throws the reason of its signal while it reads and while it waits', async () => {
    const stop = new AbortController();
    server.script((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`id: 0.0\ndata: ${JSON.stringify(started[1])}\n\n`);
    });
    const reading = client.send('c1', { content: 'hi' }, { signal: stop.signal });
    const read = async (): Promise<void> => {
      for await (const { type } of reading) stop.abort(new Error(`enough of ${type}`));
    };
    await expect(read()).rejects.toThrow('enough of run.started');

    const waiting = new AbortController();
    server.script(plain(503));
    const patient = new ParleyClient({ baseUrl: server.url, backoff: { baseMs: 60_000, maxMs: 60_000 } });
    const stream = patient.send(
      'c1',
      { content: 'hi' },
      { signal: waiting.signal, onConnection: () => setTimeout(() => waiting.abort(new Error('gone')), 0) },
    );
    await expect(stream.finished()).rejects.toThrow('gone');
  });

  it('can be iterated once', async () => {
    server.script(events([started, ...completed('')]));
    const stream = send();
    await stream.finished();
    await expect(stream.finished()).rejects.toThrow('once');
  });
});
