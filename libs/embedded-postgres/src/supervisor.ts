import { setTimeout as sleep } from 'node:timers/promises';
import type { Ending } from './launch.js';

/** A server process that runs until it ends by itself or is stopped. */
export interface RunningServer {
  /** Resolves, never rejects, when the process is gone. */
  readonly exited: Promise<Ending>;
  stop(): Promise<void>;
}

/** Times in milliseconds. */
export const supervisorDefaults = {
  /** Before the first attempt to restart; each further pause is twice as long. */
  firstPauseMs: 100,
  longestPauseMs: 30_000,
  /** After so long a run, the pause before the next restart begins at the minimum again. */
  stableAfterMs: 60_000,
} as const;

export interface SupervisorOptions {
  /** Starts the server again. Ends with the signal's reason when that is aborted. */
  restart: (signal: AbortSignal) => Promise<RunningServer>;
  /** Receives one sentence about each end, about each success, and about attempts 1, 2, 4, 8, … that failed. */
  warn: (message: string) => void;
  /** Rejects when the signal is aborted. */
  pause?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Monotonic, in milliseconds. */
  now?: () => number;
}

const unreferencedSleep = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { ref: false, signal });

/** Restarts a server that ended by itself, with growing pauses and without end, until it is stopped. */
export class Supervisor {
  readonly #stopping = new AbortController();
  readonly #watching: Promise<void>;
  #current: RunningServer | undefined;
  readonly #options: SupervisorOptions;

  /** @param first the server, which runs already */
  constructor(first: RunningServer, options: SupervisorOptions) {
    this.#options = options;
    this.#current = first;
    this.#watching = this.#watch(first);
  }

  /** Stops the server, or the attempt to restart it. Resolves when no process is left. May be called more than once. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('PostgreSQL is being stopped'));
    await this.#current?.stop();
    await this.#watching;
  }

  async #watch(first: RunningServer): Promise<void> {
    const { warn, now = () => performance.now() } = this.#options;
    let startedAt = now();
    let attempts = 0;
    for (let server: RunningServer | undefined = first; server !== undefined;) {
      const { description } = await server.exited;
      // A wrapper process, or children of a killed server, may be left.
      await server.stop();
      this.#current = undefined;
      if (this.#stopping.signal.aborted) return;
      if (now() - startedAt >= supervisorDefaults.stableAfterMs) attempts = 0;
      warn(`The embedded PostgreSQL ended (${description}); restarting it.`);
      ({ server, attempts } = await this.#restart(attempts));
      startedAt = now();
      if (server === undefined) return;
      this.#current = server;
      if (this.#stopping.signal.aborted) await server.stop();
      else warn('The embedded PostgreSQL runs again.');
    }
  }

  /** @returns undefined if it is being stopped */
  async #restart(before: number): Promise<{ server: RunningServer | undefined; attempts: number }> {
    const { restart, warn, pause = unreferencedSleep } = this.#options;
    const { signal } = this.#stopping;
    const { firstPauseMs, longestPauseMs } = supervisorDefaults;
    for (let attempts = before; ;) {
      try {
        await pause(Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(attempts, 20)), signal);
        attempts += 1;
        return { server: await restart(signal), attempts };
      } catch (error) {
        if (signal.aborted) return { server: undefined, attempts };
        if (Number.isInteger(Math.log2(attempts))) {
          warn(`Attempt ${attempts} to restart the embedded PostgreSQL failed: ${(error as Error).message}`);
        }
      }
    }
  }
}
