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

/** A program that starts the server from these sources, tells its address and stays; on a line of input it exits. */
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
  await gone();
  await rm(folder, { recursive: true, force: true });
});

async function startProgram(): Promise<{ program: ChildProcess; url: string }> {
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

/** Resolves with true as soon as no server runs on the data any more. */
async function gone(): Promise<boolean> {
  const pid = (await readLockFile(dataDirectory).catch(() => undefined))?.pid;
  for (let tries = 0; pid !== undefined && tries < 100; tries += 1) {
    if (!(await isPostgres(pid))) return true;
    await sleep(50);
  }
  return pid === undefined;
}

const onLinux = process.platform === 'linux' ? it : it.skip;

describe('the server of a program that dies', () => {
  onLinux('ends with it, even after kill -9, and its data starts again at once', async () => {
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

  onLinux('leaves no orphan', async () => {
    const { program } = await startProgram();
    const lock = await readLockFile(dataDirectory);
    expect(await isPostgres(lock?.pid ?? 0)).toBe(true);
    program.kill('SIGKILL');
    expect(await gone()).toBe(true);
  });

  it('ends with it when it exits without a word', async () => {
    const { program } = await startProgram();
    program.stdin?.write('go\n');
    await once(program, 'exit');
    expect(await gone()).toBe(true);
  });

  it('does not hear the terminal’s Ctrl-C, which reaches the whole group of the program', async () => {
    const { program, url } = await startProgram();
    process.kill(-(program.pid ?? 0), 'SIGINT');
    await sleep(300);
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});
