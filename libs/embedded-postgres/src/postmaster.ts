import { execFile } from 'node:child_process';
import { platform } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { PostgresBinaries } from './binaries.js';
import { launchError, PostgresStartError } from './errors.js';
import { freePort } from './free-port.js';
import { launch, type Ending, type LaunchedProcess } from './launch.js';
import { readLockFile } from './lock-file.js';
import type { ServerPlan } from './options.js';
import { isPostgres } from './server-process.js';
import { serverArguments } from './server-arguments.js';
import type { ServerLog } from './server-log.js';

const POLL_MS = 10;
/** How long the steps after a fast shutdown may take before the next, harder one. */
const IMMEDIATE_SHUTDOWN_MS = 1_000;
const KILL_MS = 1_000;

/** The running server process: from "accepts connections" to "gone". */
export class Postmaster {
  #stopping: Promise<void> | undefined;
  /** Under root this is not the process that we started, but its child. Known once the server is ready. */
  #serverPid: number | undefined;
  readonly #child: LaunchedProcess;
  readonly #plan: ServerPlan;
  readonly #binaries: PostgresBinaries;

  private constructor(
    readonly port: number,
    child: LaunchedProcess,
    plan: ServerPlan,
    binaries: PostgresBinaries,
  ) {
    this.#child = child;
    this.#plan = plan;
    this.#binaries = binaries;
    process.on('exit', this.#interrupt);
    void child.exited.then(() => process.off('exit', this.#interrupt));
  }

  /** Starts the server and waits until it accepts connections. */
  static async start(plan: ServerPlan, binaries: PostgresBinaries, log: ServerLog): Promise<Postmaster> {
    const deadline = performance.now() + plan.startTimeoutMs;
    for (;;) {
      const attempt = await Postmaster.#attempt(plan, binaries, log, deadline);
      if (attempt instanceof Postmaster) return attempt;
      const tail = await log.tail();
      if (performance.now() > deadline || !isPassing(tail, plan.port !== undefined)) {
        throw launchError('PostgreSQL did not start', attempt.description, tail);
      }
      await sleep(100, undefined, plan.signal && { signal: plan.signal });
    }
  }

  static async #attempt(
    plan: ServerPlan,
    binaries: PostgresBinaries,
    log: ServerLog,
    deadline: number,
  ): Promise<Postmaster | Ending> {
    const port = plan.port ?? (await freePort());
    const before = await readLockFile(plan.dataDirectory);
    await log.mark();
    const child = launch(binaries.postgres, serverArguments({ ...plan, port }), log);
    const postmaster = new Postmaster(port, child, plan, binaries);
    try {
      while (!child.hasExited()) {
        plan.signal?.throwIfAborted();
        const lock = await readLockFile(plan.dataDirectory);
        if (lock?.status === 'ready' && lock.text !== before?.text) {
          postmaster.#serverPid = lock.pid;
          return postmaster;
        }
        if (performance.now() > deadline) {
          throw new PostgresStartError(
            `PostgreSQL was not ready within ${plan.startTimeoutMs} ms.`,
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

  /** Resolves with how the server process ended, whether asked to or not. */
  get exited(): Promise<Ending> {
    return this.#child.exited;
  }

  /** The server alone no longer keeps our process alive; it ends with it. */
  unref(): void {
    this.#child.unref();
  }

  /**
   * Fast shutdown (open transactions are rolled back, everything committed is written); after `stopTimeoutMs` an
   * immediate one (the next start replays the log); at last a kill.
   */
  stop(): Promise<void> {
    this.#stopping ??= this.#shutDown();
    return this.#stopping;
  }

  async #shutDown(): Promise<void> {
    this.#child.ref();
    const steps: [NodeJS.Signals, number][] = [
      ['SIGINT', this.#plan.stopTimeoutMs],
      ['SIGQUIT', IMMEDIATE_SHUTDOWN_MS],
    ];
    for (const [signal, patienceMs] of steps) {
      await this.#ask(signal);
      if (await this.#isGoneWithin(patienceMs)) return;
      this.#plan.log(`PostgreSQL did not end within ${patienceMs} ms of ${signal}.`);
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

  async #ask(signal: NodeJS.Signals): Promise<void> {
    if (platform !== 'win32') {
      // To the server alone: the program between us and it, under root, would end of SIGQUIT and leave it behind.
      if (this.#serverPid && (await isPostgres(this.#serverPid))) process.kill(this.#serverPid, signal);
      else this.#child.kill(signal);
      return;
    }
    // Windows has no signals: there pg_ctl carries them.
    const mode = signal === 'SIGINT' ? 'fast' : 'immediate';
    const args = ['stop', '-D', this.#plan.dataDirectory, '-m', mode, '--no-wait'];
    await promisify(execFile)(this.#binaries.pgCtl, args, { windowsHide: true }).catch(() => undefined);
  }

  async #isGoneWithin(ms: number): Promise<boolean> {
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
 * True if what stopped the start goes away by itself: the memory of a server whose processes are still dying, or a port
 * that someone took between our choosing and using it.
 */
export function isPassing(logTail: string, portIsFixed: boolean): boolean {
  if (/pre-existing shared memory block .* is still in use/.test(logTail)) return true;
  if (/lock file "postmaster.pid" already exists/.test(logTail)) return true;
  return !portIsFixed && /could not bind IPv4 address/.test(logTail);
}
