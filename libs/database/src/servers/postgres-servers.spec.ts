import { PostgresServers, searchDefaults } from './postgres-servers.js';
import { type ProbedServer } from './probe-server.js';

/** What the server of a host is like; `hangs` never answers. */
type State = 'writable' | 'read-only' | 'down' | 'hangs';

function serversWith(url: string, states: Record<string, State>) {
  const time = { now: 0 };
  const asked: string[] = [];
  const servers = new PostgresServers({
    url,
    timeoutMs: 1_000,
    now: () => time.now,
    probe: async (serverUrl): Promise<ProbedServer> => {
      const { hostname: host } = new URL(serverUrl);
      asked.push(host);
      const state = states[host];
      if (state === 'hangs') await new Promise(() => undefined);
      if (state === 'down') throw Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
      return { host, port: 5432, hasTls: false, isReadOnly: state === 'read-only' };
    },
  });
  return { servers, asked, time };
}

describe('PostgresServers', () => {
  it('asks nothing of a single server, but with target_session_attrs', async () => {
    const { servers, asked } = serversWith('postgres://a/p', { a: 'writable' });
    expect(await servers.find()).toBeUndefined();
    expect(asked).toEqual([]);
    const strict = serversWith('postgres://a/p?target_session_attrs=read-write', { a: 'read-only' });
    await expect(strict.servers.find()).rejects.toMatchObject({ code: '25006' });
  });

  it.each<[Record<string, State>, string]>([
    [{ a: 'writable', b: 'read-only' }, 'a'],
    [{ a: 'read-only', b: 'writable' }, 'b'],
    [{ a: 'down', b: 'writable' }, 'b'],
    [{ a: 'hangs', b: 'writable' }, 'b'],
    [{ a: 'writable', b: 'writable' }, 'a'],
    [{ a: 'writable', b: 'hangs' }, 'a'],
  ])('finds the one that accepts writes, the first of the URL if several do: %j', async (states, host) => {
    const { servers } = serversWith('postgres://a,b/p', states);
    expect(await servers.find()).toMatchObject({ host });
  });

  it('names every server and its reason if none accepts writes, and searches again at once', async () => {
    const states: Record<string, State> = { a: 'down', b: 'read-only' };
    const { servers } = serversWith('postgres://a:1,b:2/p', states);
    await expect(servers.find()).rejects.toMatchObject({
      code: '25006',
      message: 'none of the servers accepts writes: a:1 (ECONNREFUSED), b:2 (read-only)',
    });
    states.b = 'writable';
    expect(await servers.find()).toMatchObject({ host: 'b' });
  });

  it('shares a search among concurrent connects, and its result for a while', async () => {
    const { servers, asked, time } = serversWith('postgres://a,b/p', { a: 'writable', b: 'read-only' });
    await Promise.all([servers.find(), servers.find()]);
    time.now = searchDefaults.foundForMs - 1;
    await servers.find();
    expect(asked).toEqual(['a', 'b']);
    time.now = searchDefaults.foundForMs;
    await servers.find();
    expect(asked).toEqual(['a', 'b', 'a', 'b']);
  });

  it('stays with the server that it found, also if an earlier one accepts writes again', async () => {
    const states: Record<string, State> = { a: 'down', b: 'writable' };
    const { servers } = serversWith('postgres://a,b/p', states);
    await servers.find();
    states.a = 'writable';
    servers.connectFailed();
    expect(await servers.find()).toMatchObject({ host: 'b' });
  });

  it('closes the open connections when another server takes over, as theirs may never answer again', async () => {
    const states: Record<string, State> = { a: 'writable', b: 'read-only' };
    const { servers, time } = serversWith('postgres://a,b/p', states);
    await servers.find();
    let aborted = 0;
    const connection = { abort: () => (aborted += 1) };
    servers.opened(connection);
    const closed = { abort: () => (aborted += 100) };
    servers.opened(closed);
    servers.closed(closed);
    time.now += searchDefaults.foundForMs;
    await servers.find();
    expect([aborted, servers.epoch]).toEqual([0, 0]);
    Object.assign(states, { a: 'hangs', b: 'writable' });
    time.now += searchDefaults.foundForMs;
    expect(await servers.find()).toMatchObject({ host: 'b' });
    expect([aborted, servers.epoch]).toEqual([1, 1]);
  });

  it('starts a new epoch, once, when connections find their server read-only', async () => {
    const states: Record<string, State> = { a: 'writable', b: 'read-only' };
    const { servers } = serversWith('postgres://a,b/p', states);
    await servers.find();
    Object.assign(states, { a: 'read-only', b: 'writable' });
    servers.becameReadOnly(0);
    servers.becameReadOnly(0);
    expect(servers.epoch).toBe(1);
    expect(await servers.find()).toMatchObject({ host: 'b' });
  });
});
