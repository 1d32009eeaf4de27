import { copyCluster } from '#testing';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { EmbeddedPostgres } from './embedded-postgres.js';
import { readLockFile } from './lock-file.js';
import { isPostgres } from './server-process.js';

/** A program that starts the server from these sources and prints its URL; exits after a line of input. */
const PROGRAM = `
  import { registerHooks } from 'node:module';
  const ours = (context) => context.parentURL?.endsWith('.ts') && !context.parentURL.includes('node_modules');
  registerHooks({ resolve: (name, context, next) =>
    next(name.startsWith('./') && ours(context) ? name.replace(/\\.js$/, '.ts') : name, context) });
  const [source, dataDirectory] = process.argv.slice(1);
  const { EmbeddedPostgres } = await import(source);
  process.on('SIGINT', () => undefined);
  process.stdin.once('data', () => process.exit(0));
  const server = await EmbeddedPostgres.start({ dataDirectory, durable: false });
  console.log(server.url);
`;

let folder: string;
let dataDirectory: string;
const programs: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-pg-'));
  dataDirectory = join(folder, 'postgres');
});
afterEach(async () => {
  for (const program of programs.splice(0)) program.kill('SIGKILL');
  await isServerGone();
  await rm(folder, { recursive: true, force: true });
});

async function startProgram(): Promise<{ program: ChildProcess; url: string }> {
  copyCluster(dataDirectory);
  const source = fileURLToPath(new URL('embedded-postgres.ts', import.meta.url));
  const flags = ['--experimental-transform-types', '--no-warnings', '--input-type=module', '-e', PROGRAM];
  const program = spawn(process.execPath, [...flags, source, dataDirectory], {
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH },
  });
  programs.push(program);
  const [url] = (await once(createInterface(program.stdout), 'line')) as [string];
  return { program, url };
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

/** Waits up to 5 s until no server runs on the data directory. */
async function isServerGone(): Promise<boolean> {
  const pid = (await readLockFile(dataDirectory).catch(() => undefined))?.pid;
  for (let tries = 0; pid !== undefined && tries < 100; tries += 1) {
    if (!(await isPostgres(pid))) return true;
    await sleep(50);
  }
  return pid === undefined;
}

const onLinux = process.platform === 'linux' ? it : it.skip;

describe('the embedded server of a program that ends', () => {
  onLinux('ends after SIGKILL of the program, and can be started again at once', async () => {
    const { program, url } = await startProgram();
    await query(url, "CREATE TABLE note AS SELECT 'kept' AS text");
    program.kill('SIGKILL');
    const server = await EmbeddedPostgres.start({ dataDirectory, durable: false });
    try {
      expect(await query(server.url, 'SELECT text FROM note')).toEqual([{ text: 'kept' }]);
    } finally {
      await server.stop();
    }
  });

  onLinux('leaves no orphan process after SIGKILL of the program', async () => {
    const { program } = await startProgram();
    const lock = await readLockFile(dataDirectory);
    expect(await isPostgres(lock?.pid ?? 0)).toBe(true);
    program.kill('SIGKILL');
    expect(await isServerGone()).toBe(true);
  });

  it('ends when the program calls process.exit', async () => {
    const { program } = await startProgram();
    program.stdin?.write('exit\n');
    await once(program, 'exit');
    expect(await isServerGone()).toBe(true);
  });

  it('does not receive Ctrl-C, which the terminal sends to the process group of the program', async () => {
    const { program, url } = await startProgram();
    process.kill(-(program.pid ?? 0), 'SIGINT');
    await sleep(300);
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});
