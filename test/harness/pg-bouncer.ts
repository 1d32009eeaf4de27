import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../libs/embedded-postgres/src/free-port.js';

/** False where PgBouncer is not installed. */
export const hasPgBouncer = ((): boolean => {
  try {
    execFileSync('pgbouncer', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** It refuses to be root, as which tests in a container run. */
const asNobody = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];

/**
 * A PgBouncer in front of one PostgreSQL, in transaction mode and as it comes: each transaction may run on another of a
 * few connections, nobody is notified, unknown parameters of a connection's start are refused, and a version before 1.21
 * knows no prepared statements.
 */
export class PgBouncer {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    /** The database, through here. */
    readonly url: string,
  ) {}

  /** @param target the address of the database */
  static async start(target: string): Promise<PgBouncer> {
    const { hostname, port, username, password, pathname } = new URL(target);
    const folder = await mkdtemp(join(tmpdir(), 'pgbouncer-'));
    await chmod(folder, 0o755);
    const own = await freePort();
    const login = `user=${decodeURIComponent(username)} password='${decodeURIComponent(password)}'`;
    const settings = [
      '[databases]',
      `* = host=${hostname} port=${port} ${login}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${own}`,
      'unix_socket_dir =',
      'auth_type = any',
      'pool_mode = transaction',
      'default_pool_size = 4',
    ];
    const file = join(folder, 'pgbouncer.ini');
    await writeFile(file, settings.join('\n'));
    const child = spawn('pgbouncer', [...asNobody, file], { stdio: 'ignore' });
    await accepting(own, child);
    return new PgBouncer(child, folder, `postgres://${username}:any@127.0.0.1:${own}${pathname}`);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null) {
      const ended = new Promise((resolve) => this.child.once('exit', resolve));
      this.child.kill('SIGTERM');
      await ended;
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function accepting(port: number, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (child.exitCode !== null) throw new Error(`PgBouncer ended with ${child.exitCode}.`);
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (isOpen) return;
    await sleep(25);
  }
  throw new Error('PgBouncer did not start.');
}
