import { resolve } from 'node:path';

/** Options of `EmbeddedPostgres.start`. */
export interface EmbeddedPostgresOptions {
  /** The data directory. Password and log are stored beside it: `<dataDirectory>.password`, `<dataDirectory>.log`. */
  dataDirectory: string;
  /** false: no fsync, for tests; a crash of the machine may lose all data. Default true. */
  durable?: boolean;
  /** TCP port on 127.0.0.1. Default: any free port. */
  port?: number;
  /** Further server settings, as in postgresql.conf. */
  settings?: Readonly<Record<string, string | number>>;
  /** Time until the server must accept connections, including crash recovery, in ms. Default 60,000. */
  startTimeoutMs?: number;
  /** Time after which a fast shutdown becomes an immediate one, in ms. Default 3,000. */
  stopTimeoutMs?: number;
  /** How long to wait for a server that is still shutting down on the same data, in ms. Default 30,000. */
  previousShutdownTimeoutMs?: number;
  /** Aborts the start and stops its processes. */
  signal?: AbortSignal;
  /** Receives one sentence about each slow or unusual step of a start. */
  log?: (message: string) => void;
  /**
   * Restarts the server on the same port after an unexpected exit, with pauses of 0.1 s to 30 s. Receives one sentence
   * about each exit and restart. Omitted: it is not restarted.
   */
  onRestart?: (message: string) => void;
}

/** Defaults of {@link EmbeddedPostgresOptions}. */
export const embeddedPostgresDefaults = {
  durable: true,
  startTimeoutMs: 60_000,
  stopTimeoutMs: 3_000,
  previousShutdownTimeoutMs: 30_000,
} as const;

/** The options with all defaults, and the paths of the files beside the data directory. */
export interface ServerConfig {
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

/** Applies the defaults and resolves the paths. */
export function resolveConfig(options: EmbeddedPostgresOptions): ServerConfig {
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
