import { copyCluster } from '#testing';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { EmbeddedPostgres } from './embedded-postgres.js';
import { DataDirectoryInUseError, DataDirectoryUnusableError, PostgresStartError } from './errors.js';
import { readLockFile } from './lock-file.js';
import { isPostgres } from './server-process.js';

let folder: string;
let dataDirectory: string;
const servers: EmbeddedPostgres[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-pg-'));
  dataDirectory = join(folder, 'postgres');
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  await rm(folder, { recursive: true, force: true });
});

/** Starts on a copy of a cluster, without initdb. */
async function startPrepared(
  options: Partial<Parameters<typeof EmbeddedPostgres.start>[0]> = {},
): Promise<EmbeddedPostgres> {
  copyCluster(dataDirectory);
  return start(options);
}

async function start(
  options: Partial<Parameters<typeof EmbeddedPostgres.start>[0]> = {},
): Promise<EmbeddedPostgres> {
  const server = await EmbeddedPostgres.start({ dataDirectory, durable: false, ...options });
  servers.push(server);
  return server;
}

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

async function serverPid(): Promise<number> {
  const pid = (await readLockFile(dataDirectory))?.pid;
  if (pid === undefined) throw new Error('no server is running');
  return pid;
}

describe('EmbeddedPostgres', () => {
  it('keeps its data and its password between starts', async () => {
    const first = await start();
    expect((await query(first.url, 'SHOW server_version'))[0]?.server_version).toMatch(/^18\./);
    await query(first.url, "CREATE TABLE note AS SELECT 'kept' AS text");
    const pid = await serverPid();
    await first.stop();
    expect(await isPostgres(pid)).toBe(false);
    expect(await first.exited).toEqual({ ok: true, description: 'exit code 0' });

    const second = await start();
    expect(await query(second.url, 'SELECT text FROM note')).toEqual([{ text: 'kept' }]);
    expect(new URL(second.url).password).toBe(new URL(first.url).password);
  });

  it('requires the password, which other users cannot read', async () => {
    const server = await startPrepared();
    const url = new URL(server.url);
    url.password = 'guess';
    await expect(query(url.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
    expect((await stat(`${dataDirectory}.password`)).mode & 0o077).toBe(0);
    expect(await readFile(`${dataDirectory}.log`, 'utf8')).not.toContain(new URL(server.url).password);
  });

  it('uses fsync with durable: true', async () => {
    const server = await startPrepared({ durable: true });
    expect(await query(server.url, 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
  });

  it('uses the given port and settings', async () => {
    const first = await startPrepared();
    const { port } = first;
    await first.stop();
    const server = await start({ port, settings: { max_connections: 33 } });
    expect(new URL(server.url).port).toBe(String(port));
    expect(await query(server.url, 'SHOW max_connections')).toEqual([{ max_connections: '33' }]);
  });

  it('stops in bounded time while clients are connected and busy', async () => {
    const server = await startPrepared();
    const busy = query(server.url, 'SELECT pg_sleep(60)');
    const refused = expect(busy).rejects.toThrow(/terminat/);
    await sleep(100);
    await server.stop();
    await refused;
  });

  it('stops a server that no longer responds', async () => {
    const server = await startPrepared({ stopTimeoutMs: 100 });
    const pid = await serverPid();
    process.kill(pid, 'SIGSTOP');
    await server.stop();
    expect(await isPostgres(pid)).toBe(false);
  });

  it('rejects a data directory that another server uses, and reports its pid', async () => {
    const first = await startPrepared();
    const pid = await serverPid();
    const second = EmbeddedPostgres.start({ dataDirectory, durable: false });
    await expect(second).rejects.toBeInstanceOf(DataDirectoryInUseError);
    await expect(second).rejects.toThrow(new RegExp(`pid ${pid}.*kill -INT ${pid}`, 's'));
    expect(await query(first.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('starts over after an interrupted initdb', async () => {
    await mkdir(`${dataDirectory}.initdb-999999`, { recursive: true });
    await writeFile(join(`${dataDirectory}.initdb-999999`, 'PG_VERSION'), '18\n');
    const server = await start();
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect((await readdir(folder)).sort()).toEqual(['postgres', 'postgres.log', 'postgres.password']);
  });

  it('removes its files when the start is aborted during initdb', async () => {
    const abort = new AbortController();
    const starting = start({ signal: abort.signal });
    const aborted = expect(starting).rejects.toThrow('aborted by the test');
    await sleep(200);
    abort.abort(new Error('aborted by the test'));
    await aborted;
    expect((await readdir(folder)).filter((name) => name.includes('initdb'))).toEqual([]);
  });

  it('starts although the lock file of a dead server has the pid of another running process', async () => {
    await (await startPrepared()).stop();
    const text = `${process.pid}\n${dataDirectory}\n1\n5432\n\n127.0.0.1\n 1 1\nready   \n`;
    await writeFile(join(dataDirectory, 'postmaster.pid'), text);
    const server = await start();
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('starts after its server was killed', async () => {
    const first = await startPrepared({ durable: true });
    await query(first.url, "CREATE TABLE note AS SELECT 'kept' AS text");
    process.kill(await serverPid(), 'SIGKILL');
    expect((await first.exited).ok).toBe(false);
    const second = await start({ durable: true });
    expect(await query(second.url, 'SELECT text FROM note')).toEqual([{ text: 'kept' }]);
  });

  it('includes the end of the server log in the error of a failed start', async () => {
    const starting = EmbeddedPostgres.start({
      dataDirectory,
      durable: false,
      settings: { work_mem: 'much' },
    });
    await expect(starting).rejects.toBeInstanceOf(PostgresStartError);
    await expect(starting).rejects.toThrow(/FATAL: .*work_mem/);
  });

  it('reports that the port is in use', async () => {
    const first = await startPrepared();
    const second = EmbeddedPostgres.start({
      dataDirectory: join(folder, 'other'),
      durable: false,
      port: first.port,
    });
    await expect(second).rejects.toThrow(/Address already in use/);
  });

  it.each([
    ['other files', 'photo.jpg', '', /contains files, but no PostgreSQL data/],
    ['data of an older PostgreSQL', 'PG_VERSION', '16\n', /created by PostgreSQL 16/],
  ])('rejects a directory with %s without changing it', async (_what, name, content, message) => {
    await mkdir(dataDirectory);
    await writeFile(join(dataDirectory, name), content);
    const starting = EmbeddedPostgres.start({ dataDirectory, durable: false });
    await expect(starting).rejects.toBeInstanceOf(DataDirectoryUnusableError);
    await expect(starting).rejects.toThrow(message);
    expect(await readdir(dataDirectory)).toEqual([name]);
  });

  it('reports a missing or wrong password file', async () => {
    await (await startPrepared()).stop();
    await writeFile(`${dataDirectory}.password`, 'another\n');
    await expect(EmbeddedPostgres.start({ dataDirectory })).rejects.toThrow(/is not that of the database/);
    await rm(`${dataDirectory}.password`);
    await expect(EmbeddedPostgres.start({ dataDirectory })).rejects.toThrow(/password .* cannot be read/);
  });
});
