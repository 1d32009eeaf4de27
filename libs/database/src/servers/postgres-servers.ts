import { setTimeout as sleep } from 'node:timers/promises';
import { parseDatabaseUrl, type DatabaseUrl } from './database-url.js';
import { probeServer, type ProbedServer } from './probe-server.js';

/** No server of the URL accepts writes. `reasons` has one entry for each, in the order of the URL. */
export class NoWritableServerError extends Error {
  /** PostgreSQL's SQLSTATE for a write on a read-only server. */
  readonly code = '25006';

  constructor(readonly reasons: readonly { server: string; reason: Error }[]) {
    const list = reasons.map(({ server, reason }) => `${server} (${reasonOf(reason)})`);
    super(`none of the servers accepts writes: ${list.join(', ')}`);
    this.name = new.target.name;
  }
}

/** A server that accepts no writes: a standby, or one with `default_transaction_read_only`. */
export class ReadOnlyServerError extends Error {
  readonly code = '25006';

  constructor() {
    super('the server accepts no writes');
    this.name = new.target.name;
  }
}

/** Constants of {@link PostgresServers}, in ms. */
export const searchDefaults = {
  /** How long connections are opened to the server that a search found, without another search. */
  foundForMs: 1_000,
  /** How long the search waits for servers that precede the first one found. */
  headStartMs: 500,
} as const;

/** Where to connect to, in place of what the URL says. */
export type ServerTarget = Pick<ProbedServer, 'host' | 'port' | 'hasTls'>;

/** An open connection. */
export interface OpenConnection {
  /** Closes it at once, although a statement may be running. */
  abort(): void;
}

/** What {@link PostgresServers} needs; tests replace `probe` and `now`. */
export interface PostgresServersOptions {
  url: string;
  /** Timeout for one server, in ms. */
  timeoutMs: number;
  probe?: typeof probeServer;
  /** Monotonic time in ms. */
  now?: () => number;
}

/**
 * The servers of a database URL, shared by all connections of the process. With several hosts it finds the one that accepts
 * writes, at every connect: all are asked at once. The server that was used last is preferred, then the order of the URL, so
 * that replicas agree even if two servers accept writes.
 */
export class PostgresServers {
  readonly #url: DatabaseUrl;
  readonly #probe: typeof probeServer;
  readonly #timeoutMs: number;
  readonly #now: () => number;
  #epoch = 0;
  /** The index of the server that was found last; undefined: none was. */
  #current: number | undefined;
  readonly #connections = new Set<OpenConnection>();
  #search: Search | undefined;

  constructor({
    url,
    timeoutMs,
    probe = probeServer,
    now = () => performance.now(),
  }: PostgresServersOptions) {
    this.#url = parseDatabaseUrl(url);
    this.#timeoutMs = timeoutMs;
    this.#probe = probe;
    this.#now = now;
  }

  /** The URL of the first server alone. A secret. */
  get firstUrl(): string {
    return this.#url.servers[0]!.url;
  }

  /** Increases when another server takes over: connections of an earlier epoch must be closed. */
  get epoch(): number {
    return this.#epoch;
  }

  /**
   * Returns the server to connect to; undefined if the URL names a single one, whatever its state.
   * @throws NoWritableServerError; with a single server, the driver's error
   */
  async find(): Promise<ServerTarget | undefined> {
    const { servers, mustAcceptWrites, isTlsOptional } = this.#url;
    if (servers.length === 1 && !mustAcceptWrites && !isTlsOptional) return undefined;
    const current = this.#search;
    if (current !== undefined && (current.until === undefined || this.#now() < current.until))
      return current.found;
    const search: Search = { found: this.#findNow(), until: undefined };
    this.#search = search;
    search.found.then(
      () => (search.until = this.#now() + searchDefaults.foundForMs),
      () => {
        if (this.#search === search) this.#search = undefined;
      },
    );
    return search.found;
  }

  /** Adds an open connection. It is closed when another server takes over, as its own may never answer again. */
  opened(connection: OpenConnection): void {
    this.#connections.add(connection);
  }

  /** Removes a connection that is closed. */
  closed(connection: OpenConnection): void {
    this.#connections.delete(connection);
  }

  /** Searches again at the next connect: connecting to the server that was found failed. */
  connectFailed(): void {
    // A search that is under way is newer than the failure.
    if (this.#search?.until !== undefined) this.#search = undefined;
  }

  /**
   * A statement was refused as its server is read-only: connections of this epoch and before must be closed, and the next
   * connect searches again.
   * @param epoch that of the connection
   */
  becameReadOnly(epoch: number): void {
    if (epoch === this.#epoch) this.#epoch += 1;
    this.connectFailed();
  }

  async #findNow(): Promise<ServerTarget> {
    const preferred = this.#current ?? 0;
    const order = [preferred, ...this.#url.servers.keys().filter((index) => index !== preferred)];
    const found = new Map<number, ServerTarget>();
    const reasons = new Map<number, Error>();
    const asking = order.map(async (index) => {
      try {
        found.set(index, await this.#ask(index));
      } catch (error) {
        reasons.set(index, error as Error);
        throw error;
      }
      return index;
    });
    const first = await Promise.any(asking).catch(() => {
      throw this.#failure(reasons);
    });
    const preceding = asking.slice(0, order.indexOf(first));
    if (preceding.length > 0) await settledWithin(preceding, searchDefaults.headStartMs);
    const chosen = order.find((index) => found.has(index)) ?? first;
    if (this.#current !== undefined && chosen !== this.#current) this.#takeOver();
    this.#current = chosen;
    return found.get(chosen)!;
  }

  #takeOver(): void {
    this.#epoch += 1;
    for (const connection of this.#connections) connection.abort();
    this.#connections.clear();
  }

  async #ask(index: number): Promise<ServerTarget> {
    const { servers, mustAcceptWrites, isTlsOptional } = this.#url;
    const { isReadOnly, ...target } = await this.#probe(servers[index]!.url, isTlsOptional, this.#timeoutMs);
    if (isReadOnly && mustAcceptWrites) throw new ReadOnlyServerError();
    return target;
  }

  #failure(reasons: ReadonlyMap<number, Error>): Error {
    const { servers } = this.#url;
    if (servers.length === 1) return reasons.get(0)!;
    return new NoWritableServerError(
      servers.map(({ name }, index) => ({ server: name, reason: reasons.get(index)! })),
    );
  }
}

/** A search under way, or its result until the given time. */
interface Search {
  found: Promise<ServerTarget>;
  until: number | undefined;
}

async function settledWithin(promises: readonly Promise<unknown>[], ms: number): Promise<void> {
  const settled = new AbortController();
  await Promise.race([
    Promise.allSettled(promises).then(() => settled.abort()),
    sleep(ms, undefined, { signal: settled.signal }).catch(() => undefined),
  ]);
}

function reasonOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof ReadOnlyServerError) return 'read-only';
  return typeof code === 'string' && code.startsWith('E') ? code : error.message;
}
