import { execFile } from 'node:child_process';
import { platform } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { PostgresBinaries } from './binaries.js';
import { launchError, PostgresStartError } from './errors.js';
import { freePort } from './free-port.js';
import { launch, type ProcessExit, type LaunchedProcess } from './launch.js';
import { readLockFile } from './lock-file.js';
import type { ServerConfig } from './embedded-postgres-options.js';
import { isPostgres } from './server-process.js';
import { serverArguments } from './server-arguments.js';
import type { ServerLog } from './server-log.js';

const POLL_MS = 10;
/** Time for an immediate shutdown before SIGKILL. */
const IMMEDIATE_SHUTDOWN_MS = 1_000;
const KILL_MS = 1_000;

/** A running server process. */
export class Postmaster {
  #stopping: Promise<void> | undefined;
  /** Set when the server is ready. For root this is a child of the launched process. */
  #serverPid: number | undefined;
  readonly #child: LaunchedProcess;
  readonly #config: ServerConfig;
  readonly #binaries: PostgresBinaries;

  private constructor(
    readonly port: number,
    child: LaunchedProcess,
    config: ServerConfig,
    binaries: PostgresBinaries,
  ) {
    this.#child = child;
    this.#config = config;
    this.#binaries = binaries;
    process.on('exit', this.#interrupt);
    void child.exited.then(() => process.off('exit', this.#interrupt));
  }

  /** Starts the server and waits until it accepts connections. @throws EmbeddedPostgresError, or the signal's reason */
  static async start(config: ServerConfig, binaries: PostgresBinaries, log: ServerLog): Promise<Postmaster> {
    const deadline = performance.now() + config.startTimeoutMs;
    for (;;) {
      const attempt = await Postmaster.#attempt(config, binaries, log, deadline);
      if (attempt instanceof Postmaster) return attempt;
      const tail = await log.tail();
      if (performance.now() > deadline || !isTransientFailure(tail, config.port !== undefined)) {
        throw launchError('PostgreSQL did not start', attempt.description, tail);
      }
      await sleep(100, undefined, config.signal && { signal: config.signal });
    }
  }

  static async #attempt(
    config: ServerConfig,
    binaries: PostgresBinaries,
    log: ServerLog,
    deadline: number,
  ): Promise<Postmaster | ProcessExit> {
    const port = config.port ?? (await freePort());
    const before = await readLockFile(config.dataDirectory);
    await log.mark();
    const child = launch(binaries.postgres, serverArguments({ ...config, port }), log);
    const postmaster = new Postmaster(port, child, config, binaries);
    try {
      while (!child.hasExited()) {
        config.signal?.throwIfAborted();
        const lock = await readLockFile(config.dataDirectory);
        if (lock?.status === 'ready' && lock.text !== before?.text) {
          postmaster.#serverPid = lock.pid;
          return postmaster;
        }
        if (performance.now() > deadline) {
          throw new PostgresStartError(
            `PostgreSQL was not ready within ${config.startTimeoutMs} ms.`,
            await log.tail(),
          );
        }
        await Promise.race([child.exited, sleep(POLL_MS)]);
      }
      return await child.exited;
    } catch (error) {
      await postmaster.stop();
      throw error;
    }
  }

  /** Resolves when the server process has exited, expectedly or not. */
  get exited(): Promise<ProcessExit> {
    return this.#child.exited;
  }

  /** Lets this process exit while the server runs; the server then ends with it. */
  unref(): void {
    this.#child.unref();
  }

  /**
   * Requests a fast shutdown (rolls back open transactions, writes a checkpoint), after `stopTimeoutMs` an immediate one
   * (the next start replays the WAL), and finally sends SIGKILL. May be called more than once.
   */
  stop(): Promise<void> {
    this.#stopping ??= this.#shutDown();
    return this.#stopping;
  }

  async #shutDown(): Promise<void> {
    this.#child.ref();
    const steps: [NodeJS.Signals, number][] = [
      ['SIGINT', this.#config.stopTimeoutMs],
      ['SIGQUIT', IMMEDIATE_SHUTDOWN_MS],
    ];
    for (const [signal, timeoutMs] of steps) {
      await this.#signal(signal);
      if (await this.#exitsWithin(timeoutMs)) return;
      this.#config.log(`PostgreSQL did not end within ${timeoutMs} ms of ${signal}.`);
    }
    await this.#destroy();
  }

  async #destroy(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#child.exited;
    const pid = this.#serverPid;
    for (let waited = 0; pid && waited < KILL_MS && (await isPostgres(pid)); waited += POLL_MS) {
      await sleep(POLL_MS);
    }
  }

  async #signal(signal: NodeJS.Signals): Promise<void> {
    if (platform !== 'win32') {
      // Only to the server: for root, SIGQUIT would end the wrapper process and leave the server running.
      if (this.#serverPid && (await isPostgres(this.#serverPid))) process.kill(this.#serverPid, signal);
      else this.#child.kill(signal);
      return;
    }
    // Windows has no signals; pg_ctl replaces them.
    const mode = signal === 'SIGINT' ? 'fast' : 'immediate';
    const args = ['stop', '-D', this.#config.dataDirectory, '-m', mode, '--no-wait'];
    await promisify(execFile)(this.#binaries.pgCtl, args, { windowsHide: true }).catch(() => undefined);
  }

  async #exitsWithin(ms: number): Promise<boolean> {
    const timer = new AbortController();
    try {
      return await Promise.race([
        this.#child.exited.then(() => true),
        sleep(ms, false, { signal: timer.signal }),
      ]);
    } finally {
      timer.abort();
    }
  }

  readonly #interrupt = (): void => this.#child.kill('SIGINT');
}

/**
 * Whether a failed start can be retried: the shared memory or lock file of a server that is still ending, or a free port
 * that another process bound before the server did.
 */
export function isTransientFailure(logTail: string, portIsFixed: boolean): boolean {
  if (/pre-existing shared memory block .* is still in use/.test(logTail)) return true;
  if (/lock file "postmaster.pid" already exists/.test(logTail)) return true;
  return !portIsFixed && /could not bind IPv4 address/.test(logTail);
}
