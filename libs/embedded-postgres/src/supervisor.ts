import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessExit } from './launch.js';

/** A running server process. */
export interface RunningServer {
  /** Resolves (never rejects) when the process has exited. */
  readonly exited: Promise<ProcessExit>;
  /** Stops the process. May be called more than once. */
  stop(): Promise<void>;
}

/** Pauses of {@link Supervisor}, in milliseconds. */
export const supervisorDefaults = {
  /** Before the first restart attempt; doubles with each attempt. */
  firstPauseMs: 100,
  maxPauseMs: 30_000,
  /** After a run of at least this length the pause starts at `firstPauseMs` again. */
  stableAfterMs: 60_000,
} as const;

/** Options of {@link Supervisor}. */
export interface SupervisorOptions {
  /** Starts the server again. Rejects with the signal's reason when it is aborted. */
  restart: (signal: AbortSignal) => Promise<RunningServer>;
  /** Receives one sentence about each exit, each successful restart, and the failed attempts 1, 2, 4, 8, …. */
  warn: (message: string) => void;
  /** Waits; rejects when the signal is aborted. */
  pause?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Monotonic time in ms. */
  now?: () => number;
}

const unreferencedSleep = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { ref: false, signal });

/** Restarts a server after unexpected exits, with exponential backoff and without a limit, until it is stopped. */
export class Supervisor {
  readonly #stopping = new AbortController();
  readonly #watching: Promise<void>;
  #current: RunningServer | undefined;
  readonly #options: SupervisorOptions;

  /** @param first the running server */
  constructor(first: RunningServer, options: SupervisorOptions) {
    this.#options = options;
    this.#current = first;
    this.#watching = this.#watch(first);
  }

  /** Stops the server, or the restart in progress. Resolves when no process is left. May be called more than once. */
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
      // A wrapper process or children of a killed server may still be running.
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
    const { firstPauseMs, maxPauseMs } = supervisorDefaults;
    for (let attempts = before; ;) {
      try {
        await pause(Math.min(maxPauseMs, firstPauseMs * 2 ** Math.min(attempts, 20)), signal);
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
