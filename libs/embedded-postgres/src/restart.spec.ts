import { copyCluster } from '#testing';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { EmbeddedPostgres } from './embedded-postgres.js';
import { readLockFile } from './lock-file.js';
import { isPostgres } from './server-process.js';

const run = promisify(execFile);
const megabytes = 160;

let folder: string;
let dataDirectory: string;
let server: EmbeddedPostgres | undefined;
let messages: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-pg-'));
  dataDirectory = join(folder, 'postgres');
  messages = [];
});
afterEach(async () => {
  await server?.stop();
  server = undefined;
  await rm(folder, { recursive: true, force: true });
});

async function start(): Promise<EmbeddedPostgres> {
  copyCluster(dataDirectory);
  return (server = await EmbeddedPostgres.start({
    dataDirectory,
    onRestart: (message) => messages.push(message),
  }));
}

async function serverPid(): Promise<number> {
  const pid = (await readLockFile(dataDirectory))?.pid;
  if (pid === undefined) throw new Error('no server is running');
  return pid;
}

/** Kills the server process, as the kernel does when memory is exhausted. @returns its process id */
async function kill(): Promise<number> {
  const pid = await serverPid();
  process.kill(pid, 'SIGKILL');
  return pid;
}

/** Runs a statement as soon as the server responds. */
async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return (await client.query<Record<string, unknown>>(text)).rows;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(50);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`timed out; messages: ${messages.join(' ')}`);
    await sleep(20);
  }
}

/** Real: PostgreSQL, its processes and files, and for the last test a dedicated file system. */
describe('an embedded server that exits unexpectedly', () => {
  it('is restarted with its data on the same port, each time, and can be stopped', async () => {
    const { url } = await start();
    await query(url, "CREATE TABLE note AS SELECT 'kept' AS text");
    for (let time = 1; time <= 2; time += 1) {
      const killed = await kill();
      await until(() => messages.length === 2 * time);
      expect(await query(url, 'SELECT text FROM note')).toEqual([{ text: 'kept' }]);
      expect(await serverPid()).not.toBe(killed);
    }
    expect(messages.slice(0, 2)).toEqual([
      expect.stringMatching(/^The embedded PostgreSQL ended \(.+\); restarting it\.$/),
      'The embedded PostgreSQL runs again.',
    ]);
    const last = await serverPid();
    await server!.stop();
    expect(await isPostgres(last)).toBe(false);
    await sleep(300);
    expect(messages).toHaveLength(4);
  }, 60_000);

  it('can be stopped while it is restarted', async () => {
    await start();
    await kill();
    await until(() => messages.length >= 1);
    await server!.stop();
    const lock = await readLockFile(dataDirectory);
    expect(lock !== undefined && (await isPostgres(lock.pid))).toBe(false);
  }, 60_000);

  it('is restarted when a full disk has space again', async () => {
    try {
      await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]);
    } catch {
      process.stderr.write('Skipped: a full disk, as only root can mount a small file system.\n');
      return;
    }
    try {
      const { url } = await start();
      await query(url, "CREATE TABLE note AS SELECT 'kept' AS text");
      const filler = join(folder, 'filler');
      await expect(writeFile(filler, Buffer.alloc(megabytes * 2 ** 20))).rejects.toMatchObject({
        code: 'ENOSPC',
      });
      await kill();
      // PostgreSQL may or may not find enough space to start; in both cases it runs once the disk has space.
      await until(() => messages.length >= 2);
      await rm(filler);
      expect(await query(url, "INSERT INTO note VALUES ('new') RETURNING text")).toEqual([{ text: 'new' }]);
      expect(await query(url, 'SELECT text FROM note')).toEqual([{ text: 'kept' }, { text: 'new' }]);
    } finally {
      await server?.stop();
      await run('umount', [folder]);
    }
  }, 60_000);
});
