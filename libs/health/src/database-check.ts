import { Cached } from './cached.js';

/** The result of a ping: the response time in ms, or why PostgreSQL is not reachable. */
export type DatabaseHealth =
  { reachable: true; responseTimeMs: number } | { reachable: false; reason: string };

/** The part of `Database` that is used here. */
export interface Pingable {
  ping(timeoutMs: number): Promise<void>;
}

/** Pings the database; concurrent probes share a ping, and later ones its cached result. */
export class DatabaseCheck {
  readonly #ping: Cached<DatabaseHealth>;

  /**
   * @param limits the timeout of a ping, and how long its result is cached, in ms
   * @param now monotonic time in ms
   */
  constructor(
    database: Pingable,
    limits: { databaseTimeoutMs: number; databaseCacheMs: number },
    now: () => number = () => performance.now(),
  ) {
    this.#ping = new Cached(() => ping(database, limits.databaseTimeoutMs, now), limits.databaseCacheMs, now);
  }

  /** Returns the cached or a new result. Never rejects. */
  health(): Promise<DatabaseHealth> {
    return this.#ping.get();
  }
}

async function ping(database: Pingable, timeoutMs: number, now: () => number): Promise<DatabaseHealth> {
  const startedAt = now();
  try {
    await database.ping(timeoutMs);
    return { reachable: true, responseTimeMs: Math.round(now() - startedAt) };
  } catch (error) {
    return { reachable: false, reason: reasonOf(error, timeoutMs) };
  }
}

/** Only the error's code: messages of the driver contain users, hosts and databases. */
function reasonOf(error: unknown, timeoutMs: number): string {
  let at: unknown = error;
  for (let depth = 0; depth < 5 && typeof at === 'object' && at !== null; depth += 1) {
    const { name, code, cause } = at as { name?: unknown; code?: unknown; cause?: unknown };
    if (name === 'TimeoutError') return `PostgreSQL did not respond within ${timeoutMs} ms`;
    if (typeof code === 'string' && /^[0-9A-Z_]{5,30}$/.test(code)) {
      return `PostgreSQL is not available (${code})`;
    }
    at = cause;
  }
  return 'PostgreSQL is not available';
}
