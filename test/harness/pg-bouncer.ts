import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, reachable } from '#testing';

/** Whether PgBouncer is installed. */
export const hasPgBouncer = ((): boolean => {
  try {
    execFileSync('pgbouncer', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** PgBouncer refuses to run as root, as which tests in a container run. */
const asNobody = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];

/**
 * A PgBouncer in front of one PostgreSQL, in transaction mode with default settings: each transaction may use another of four
 * connections, notifications do not arrive, unknown startup parameters are refused, and versions before 1.21 have no prepared
 * statements.
 */
export class PgBouncer {
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(
    child: ChildProcess,
    folder: string,
    /** The address of the database through PgBouncer. */
    readonly url: string,
    /** The address of the database itself. */
    readonly target: string,
  ) {
    this.#child = child;
    this.#folder = folder;
  }

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
    const ended = new AbortController();
    child.once('exit', (code) => ended.abort(new Error(`PgBouncer ended with ${code}.`)));
    await reachable(own, ended.signal);
    return new PgBouncer(child, folder, `postgres://${username}:any@127.0.0.1:${own}${pathname}`, target);
  }

  async stop(): Promise<void> {
    this.#child.kill();
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit');
    await rm(this.#folder, { recursive: true, force: true });
  }
}
