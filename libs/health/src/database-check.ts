import { Cached } from './cached.js';

/** Whether PostgreSQL answers, how fast, or why not. */
export type DatabaseHealth =
  { reachable: true; responseTimeMs: number } | { reachable: false; reason: string };

/** What can be pinged: `Database`. */
export interface Pingable {
  ping(timeoutMs: number): Promise<void>;
}

/** Pings the database; probes share a ping under way, and its outcome for a moment after. */
export class DatabaseCheck {
  readonly #ping: Cached<DatabaseHealth>;

  constructor(
    database: Pingable,
    limits: { databaseTimeoutMs: number; databaseCacheMs: number },
    now: () => number = () => performance.now(),
  ) {
    this.#ping = new Cached(() => ping(database, limits.databaseTimeoutMs, now), limits.databaseCacheMs, now);
  }

  /** Never rejects. */
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

/** The driver's messages name users, hosts and databases; of them only the codes are for everybody's eyes. */
function reasonOf(error: unknown, timeoutMs: number): string {
  let at: unknown = error;
  for (let depth = 0; depth < 5 && typeof at === 'object' && at !== null; depth += 1) {
    const { name, code, cause } = at as { name?: unknown; code?: unknown; cause?: unknown };
    if (name === 'TimeoutError') return `PostgreSQL did not answer within ${timeoutMs} ms`;
    if (typeof code === 'string' && /^[0-9A-Z_]{5,30}$/.test(code)) {
      return `PostgreSQL is not available (${code})`;
    }
    at = cause;
  }
  return 'PostgreSQL is not available';
}
