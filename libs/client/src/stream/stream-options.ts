import { type ConnectionError, type ProblemError } from '../errors.js';
import { type BackoffOptions } from './backoff.js';
import { type ConnectionGate } from './connection-gate.js';
import { sleep, type Sleep } from './sleep.js';

/** The connection of a stream: open, or waiting `delayMs` before a retry after `failures` failures in a row. */
export type ConnectionState =
  | { state: 'open' }
  | { state: 'waiting'; failures: number; delayMs: number; error: ProblemError | ConnectionError };

/** Where a stream continues: `position` and `text` of an earlier {@link RunStream} of the run. */
export interface ResumePoint {
  position: string;
  text: string;
}

/** Options of one stream. */
export interface StreamOptions {
  /** Closes the stream; the run continues. */
  signal?: AbortSignal | undefined;
  /** Called when a connection is open, and before each pause. */
  onConnection?: ((state: ConnectionState) => void) | undefined;
  /** Decides when the stream may hold a connection; whenever it needs one if left out. */
  gate?: ConnectionGate | undefined;
}

/** Settings of all streams of a client. */
export interface StreamSettings {
  backoff: BackoffOptions;
  /** Maximum number of retries in a row; every event resets the count. */
  maxRetries: number;
  /** Maximum time without any data on a connection, in ms; then it is closed and retried. The server sends data every 15 s. */
  silenceMs: number;
  /** A random number from 0 (inclusive) to 1 (exclusive), for jitter. */
  random: () => number;
  /** Waits before a retry. May resolve early, for instance when a browser is online again. */
  sleep: Sleep;
}

/** The default settings of streams. */
export const streamDefaults: StreamSettings = {
  backoff: { baseMs: 300, maxMs: 10_000 },
  maxRetries: 10,
  silenceMs: 40_000,
  random: Math.random,
  sleep,
};
