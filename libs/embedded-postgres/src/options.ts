import { resolve } from 'node:path';

/** How to run the embedded server. Everything but the place of the data has a default. */
export interface EmbeddedPostgresOptions {
  /** Where the tables live. Its password and log lie beside it: `<dataDirectory>.password`, `<dataDirectory>.log`. */
  dataDirectory: string;
  /** false: no fsync anywhere, for tests. A crash of the machine may then lose everything. Default true. */
  durable?: boolean;
  /** TCP port on 127.0.0.1. Default: any free one. */
  port?: number;
  /** More server settings, as in postgresql.conf. */
  settings?: Readonly<Record<string, string | number>>;
  /** Milliseconds until the server must accept connections, crash recovery included. Default 60,000. */
  startTimeoutMs?: number;
  /** Milliseconds of a fast shutdown after which it becomes an immediate one. Default 3,000. */
  stopTimeoutMs?: number;
  /** Milliseconds to wait for a server that is still shutting down on the same data. Default 30,000. */
  previousShutdownTimeoutMs?: number;
  /** Ends a start that is under way; what was begun is stopped again. */
  signal?: AbortSignal;
  /** Told in one sentence about the slow or unusual steps of a start. */
  log?: (message: string) => void;
  /**
   * Restarts the server on the same port when it ended by itself, with pauses of 0.1 s to 30 s. Receives one sentence about
   * each end and restart. Left out: it is not restarted.
   */
  onRestart?: (message: string) => void;
}

export const embeddedPostgresDefaults = {
  durable: true,
  startTimeoutMs: 60_000,
  stopTimeoutMs: 3_000,
  previousShutdownTimeoutMs: 30_000,
} as const;

/** The options with every default filled in, and the files that belong to the data directory. */
export interface ServerPlan {
  dataDirectory: string;
  passwordFile: string;
  logFile: string;
  durable: boolean;
  port: number | undefined;
  settings: Readonly<Record<string, string | number>>;
  startTimeoutMs: number;
  stopTimeoutMs: number;
  previousShutdownTimeoutMs: number;
  signal: AbortSignal | undefined;
  log: (message: string) => void;
  onRestart: ((message: string) => void) | undefined;
}

export function planServer(options: EmbeddedPostgresOptions): ServerPlan {
  const dataDirectory = resolve(options.dataDirectory);
  return {
    dataDirectory,
    passwordFile: `${dataDirectory}.password`,
    logFile: `${dataDirectory}.log`,
    durable: options.durable ?? embeddedPostgresDefaults.durable,
    port: options.port,
    settings: options.settings ?? {},
    startTimeoutMs: options.startTimeoutMs ?? embeddedPostgresDefaults.startTimeoutMs,
    stopTimeoutMs: options.stopTimeoutMs ?? embeddedPostgresDefaults.stopTimeoutMs,
    previousShutdownTimeoutMs:
      options.previousShutdownTimeoutMs ?? embeddedPostgresDefaults.previousShutdownTimeoutMs,
    signal: options.signal,
    log: options.log ?? (() => undefined),
    onRestart: options.onRestart,
  };
}
