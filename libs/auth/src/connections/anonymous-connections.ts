/** A connection that has not presented a valid key. */
export interface AnonymousConnection {
  /** The client address that it is counted for. */
  readonly address: string;
  /** Whether it waits for a request, or for the rest of the headers of one. */
  readonly isIdle: boolean;
  /** Closes it because the client has too many. */
  close(): void;
}

/**
 * Bounds the connections without a valid key, for each client address and in total. A new connection is always taken:
 * the oldest idle one is closed for it, or the oldest one if none is idle. So a client that sends its key immediately
 * is served even while others at its address hold connections open.
 */
export class AnonymousConnections {
  /** Oldest first. */
  readonly #all = new Set<AnonymousConnection>();
  readonly #byAddress = new Map<string, Set<AnonymousConnection>>();

  readonly #maxPerAddress: number;
  readonly #maxTotal: number;

  /**
   * @param maxPerAddress most connections of one address
   * @param maxTotal most connections of all addresses
   */
  constructor(maxPerAddress: number, maxTotal: number) {
    this.#maxPerAddress = maxPerAddress;
    this.#maxTotal = maxTotal;
  }

  get size(): number {
    return this.#all.size;
  }

  add(connection: AnonymousConnection): void {
    const ofAddress = this.#byAddress.get(connection.address) ?? new Set();
    if (ofAddress.size >= this.#maxPerAddress) this.#closeOldest(ofAddress);
    else if (this.#all.size >= this.#maxTotal) this.#closeOldest(this.#all);
    this.#all.add(connection);
    ofAddress.add(connection);
    this.#byAddress.set(connection.address, ofAddress);
  }

  /** Call it when the connection is closed, or has presented a valid key. */
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
