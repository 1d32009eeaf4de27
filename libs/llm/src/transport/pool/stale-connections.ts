import { type LlmRequest } from '../../protocols/protocol.js';
import { type Connection } from '../connection.js';
import { type PoolContext } from '../dial/open-connection.js';
import { isAlive } from './is-alive.js';
import { type Pool } from './pool.js';

/** What {@link StaleConnections} needs of its pool. */
export interface StalePool extends Pick<Pool, 'acquire' | 'release'> {
  readonly connections: ReadonlySet<Connection>;
  /** Opens a connection, even beyond `maxConnections`. Resolves with whether it has opened; never rejects. */
  open: () => Promise<boolean>;
}

/** Replaces connections of a pool that the network has dropped without a message. */
export class StaleConnections {
  /** Set while a connection is opened to find out whether silent ones are dead; shared by all of them. */
  #comparison: Promise<boolean> | undefined;
  readonly #pool: StalePool;
  readonly #context: Pick<PoolContext, 'options' | 'clock'>;

  constructor(pool: StalePool, context: Pick<PoolContext, 'options' | 'clock'>) {
    this.#pool = pool;
    this.#context = context;
  }

  /** See {@link Pool.verified}. */
  async verified(connection: Connection, signal: AbortSignal, request: LlmRequest): Promise<Connection> {
    const { options, clock } = this.#context;
    let lent = connection;
    while (lent.isStale) {
      let isUsable: boolean;
      try {
        isUsable = await isAlive(lent, options.probeMs, clock, signal, () => this.#compare());
      } catch (error) {
        this.#pool.release(lent, request);
        throw error;
      }
      if (isUsable) break;
      lent.retire();
      this.#pool.release(lent, request);
      lent = await this.#pool.acquire(signal, request);
    }
    return lent;
  }

  /**
   * Opens a connection to compare it with silent ones. If it opens, idle connections that are still silent are closed.
   * Resolves with whether it has opened.
   */
  #compare(): Promise<boolean> {
    return (this.#comparison ??= this.#openAndClose());
  }

  async #openAndClose(): Promise<boolean> {
    for (const connection of this.#idleAndStale()) void connection.probe();
    const hasOpened = await this.#pool.open();
    this.#comparison = undefined;
    if (hasOpened) for (const connection of this.#idleAndStale()) connection.close();
    return hasOpened;
  }

  #idleAndStale(): Connection[] {
    return [...this.#pool.connections].filter(({ isIdle, isStale }) => isIdle && isStale);
  }
}
