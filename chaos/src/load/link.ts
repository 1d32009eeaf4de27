import { setTimeout as delay } from 'node:timers/promises';
import { type Random } from '../random.js';
import { type Address, call, type CallOptions, type Reached } from './request.js';

/** A request that was made: of whom, and what came of it. */
export interface Made {
  replica: string;
  reached: Reached;
}

/** One client's way to the replicas: it asks any of them, another one when that failed, and may be cut off at any moment. */
export class Link {
  readonly #open = new Set<AbortController>();
  #avoided: Address | undefined;
  readonly #addresses: readonly Address[];
  readonly #over: AbortSignal;

  /** @param over aborted when the client has to give up everything */
  constructor(
    addresses: readonly Address[],
    readonly random: Random,
    over: AbortSignal,
  ) {
    this.#addresses = addresses;
    this.#over = over;
  }

  get isOver(): boolean {
    return this.#over.aborted;
  }

  /** Asks a replica, another one than failed last. Never rejects. */
  async call(options: Omit<CallOptions, 'signal'>): Promise<Made> {
    const address = this.random.pick(this.#addresses.filter((one) => one !== this.#avoided));
    const connection = new AbortController();
    this.#open.add(connection);
    const reached = await call(address, {
      ...options,
      signal: AbortSignal.any([this.#over, connection.signal]),
    });
    if (reached.outcome === 'answered') reached.response.once('close', () => this.#open.delete(connection));
    else this.#open.delete(connection);
    const isWell = reached.outcome === 'answered' && reached.status < 500;
    this.#avoided = isWell ? undefined : address;
    return { replica: address.name, reached };
  }

  /** A moment before something is tried again. */
  async pause(): Promise<void> {
    await delay(this.random.integer(50, 300), undefined, { signal: this.#over }).catch(() => undefined);
  }

  /** Cuts this share of the connections that are open now. */
  drop(share: number): void {
    for (const connection of this.#open) if (this.random.chance(share)) connection.abort();
  }
}
