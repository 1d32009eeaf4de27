import { type History } from '../history/history.js';
import { type Random } from '../random.js';
import { Client } from './client.js';
import { Link } from './link.js';
import { type Address } from './request.js';
import { type LoadOptions } from './turn-plan.js';

/** All clients. */
export class Population {
  readonly #clients: readonly Client[];
  readonly #stopping = new AbortController();
  readonly #over = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(count: number, addresses: readonly Address[], random: Random, options: LoadOptions) {
    this.#clients = Array.from({ length: count }, (_, index) => {
      const name = `c${index + 1}`;
      return new Client(name, new Link(addresses, random.fork(name), this.#over.signal), options);
    });
  }

  get histories(): History[] {
    return this.#clients.map(({ history }) => history);
  }

  start(): void {
    this.#running = Promise.all(this.#clients.map((client) => client.run(this.#stopping.signal))).then(
      () => undefined,
    );
    this.#running.catch(() => undefined);
  }

  drop(share: number): void {
    for (const client of this.#clients) client.drop(share);
  }

  /** Nobody begins a new turn. Resolves when all have finished theirs. @throws what a client stumbled over: a defect here */
  finish(): Promise<void> {
    this.#stopping.abort();
    return this.#running;
  }

  /** Everybody gives up. */
  async giveUp(): Promise<void> {
    this.#over.abort();
    await this.finish();
  }
}
