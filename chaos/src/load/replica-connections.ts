import { setTimeout as delay } from 'node:timers/promises';
import { type Random } from '../random.js';
import { type Address, call, type CallOptions, type CallResult } from './request.js';

/** A request, with the replica that it was sent to. */
export interface ReplicaCall {
  replica: string;
  result: CallResult;
}

/** One client's connections: each request goes to a random replica, but not to the one that failed last. */
export class ReplicaConnections {
  readonly #open = new Set<AbortController>();
  #avoided: Address | undefined;
  readonly #addresses: readonly Address[];
  readonly #aborted: AbortSignal;

  /** @param aborted aborts all requests, for good */
  constructor(
    addresses: readonly Address[],
    readonly random: Random,
    aborted: AbortSignal,
  ) {
    this.#addresses = addresses;
    this.#aborted = aborted;
  }

  get isAborted(): boolean {
    return this.#aborted.aborted;
  }

  /** Sends a request to a replica. Never rejects. */
  async call(options: Omit<CallOptions, 'signal'>): Promise<ReplicaCall> {
    const address = this.random.pick(this.#addresses.filter((one) => one !== this.#avoided));
    const connection = new AbortController();
    this.#open.add(connection);
    const result = await call(address, {
      ...options,
      signal: AbortSignal.any([this.#aborted, connection.signal]),
    });
    if (result.outcome === 'answered') result.response.once('close', () => this.#open.delete(connection));
    else this.#open.delete(connection);
    const succeeded = result.outcome === 'answered' && result.status < 500;
    this.#avoided = succeeded ? undefined : address;
    return { replica: address.name, result };
  }

  /** Waits 50 to 300 ms before a request is repeated. */
  async pause(): Promise<void> {
    await delay(this.random.integer(50, 300), undefined, { signal: this.#aborted }).catch(() => undefined);
  }

  /** Closes a share of the open connections, 0 to 1. */
  drop(share: number): void {
    for (const connection of this.#open) if (this.random.chance(share)) connection.abort();
  }
}
