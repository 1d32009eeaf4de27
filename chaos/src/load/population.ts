import { type History } from '../history/history.js';
import { type Random } from '../random.js';
import { Client } from './client.js';
import { ReplicaConnections } from './replica-connections.js';
import { type Address } from './request.js';
import { type LoadOptions } from './turn-plan.js';

/** All clients of a run. */
export class Population {
  readonly #clients: readonly Client[];
  readonly #stopping = new AbortController();
  readonly #aborted = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(count: number, addresses: readonly Address[], random: Random, options: LoadOptions) {
    this.#clients = Array.from({ length: count }, (_, index) => {
      const name = `c${index + 1}`;
      return new Client(
        name,
        new ReplicaConnections(addresses, random.fork(name), this.#aborted.signal),
        options,
      );
    });
  }

  /** What each client sent and received so far. */
  get histories(): History[] {
    return this.#clients.map(({ history }) => history);
  }

  /** Every client sends turns from now on. */
  start(): void {
    this.#running = Promise.all(this.#clients.map((client) => client.run(this.#stopping.signal))).then(
      () => undefined,
    );
    this.#running.catch(() => undefined);
  }

  /** Closes a share of the open connections, 0 to 1. */
  drop(share: number): void {
    for (const client of this.#clients) client.drop(share);
  }

  /** Starts no more turns, and resolves when all turns are finished. @throws an unexpected error of a client */
  finish(): Promise<void> {
    this.#stopping.abort();
    return this.#running;
  }

  /** Aborts all requests. */
  async abort(): Promise<void> {
    this.#aborted.abort();
    await this.finish();
  }
}
