/** A connection without a request that had a valid key. */
export interface AnonymousConnection {
  /** The client address, as `clientOf` normalizes it. */
  readonly address: string;
  /** Whether no request is in flight. */
  readonly isIdle: boolean;
  /** Closes the connection because the client has too many. */
  close(): void;
}

/**
 * Bounds the connections without a valid key, per client address and in total. A new connection is always accepted: the
 * oldest idle one is closed for it, or the oldest one if none is idle. So a client that sends its key immediately is
 * served even while others at its address hold connections open.
 */
export class AnonymousConnections {
  /** Oldest first. */
  readonly #all = new Set<AnonymousConnection>();
  readonly #byAddress = new Map<string, Set<AnonymousConnection>>();

  readonly #maxPerAddress: number;
  readonly #maxTotal: number;

  /**
   * @param maxPerAddress upper bound of connections per address
   * @param maxTotal upper bound of connections of all addresses
   */
  constructor(maxPerAddress: number, maxTotal: number) {
    this.#maxPerAddress = maxPerAddress;
    this.#maxTotal = maxTotal;
  }

  /** Number of counted connections. */
  get size(): number {
    return this.#all.size;
  }

  /** Counts a new connection, closing another one if a bound is reached. */
  add(connection: AnonymousConnection): void {
    const ofAddress = this.#byAddress.get(connection.address) ?? new Set();
    if (ofAddress.size >= this.#maxPerAddress) this.#closeOldest(ofAddress);
    else if (this.#all.size >= this.#maxTotal) this.#closeOldest(this.#all);
    this.#all.add(connection);
    ofAddress.add(connection);
    this.#byAddress.set(connection.address, ofAddress);
  }

  /** Stops counting a connection: when it is closed, or after a request with a valid key. */
  delete(connection: AnonymousConnection): void {
    this.#all.delete(connection);
    const ofAddress = this.#byAddress.get(connection.address);
    ofAddress?.delete(connection);
    if (ofAddress?.size === 0) this.#byAddress.delete(connection.address);
  }

  #closeOldest(connections: ReadonlySet<AnonymousConnection>): void {
    let chosen: AnonymousConnection | undefined;
    for (const connection of connections) {
      chosen ??= connection;
      if (!connection.isIdle) continue;
      chosen = connection;
      break;
    }
    if (chosen === undefined) return;
    this.delete(chosen);
    chosen.close();
  }
}
