import { type ConnectionError, type ProblemError } from '../errors.js';
import { type BackoffOptions } from './backoff.js';
import { sleep, type Sleep } from './sleep.js';

/** What a stream does about its connection. */
export type ConnectionState =
  | { state: 'open' }
  | { state: 'waiting'; failures: number; delayMs: number; error: ProblemError | ConnectionError };

/** What was read of a run: `position` and `text` of a {@link RunStream}. */
export interface ReadSoFar {
  position: string;
  text: string;
}

/** For one stream. */
export interface StreamOptions {
  /** Closes the stream; the run goes on. */
  signal?: AbortSignal | undefined;
  /** Told when a connection is open, and when the next one is waited for. */
  onConnection?: ((state: ConnectionState) => void) | undefined;
}

/** For all streams of a client. Times in ms. */
export interface StreamSettings {
  backoff: BackoffOptions;
  /** Failures in a row before a stream throws; events in between start the count anew. */
  maxRetries: number;
  /** A connection on which nothing comes for so long is given up. The server sends something every 15 s. */
  silenceMs: number;
  /** From 0 (inclusive) to 1 (exclusive). */
  random: () => number;
  /** Waits between two tries. A page may end it early when it learns that it is online again. */
  sleep: Sleep;
}

export const streamDefaults: StreamSettings = {
  backoff: { baseMs: 300, maxMs: 10_000 },
  maxRetries: 10,
  silenceMs: 40_000,
  random: Math.random,
  sleep,
};
