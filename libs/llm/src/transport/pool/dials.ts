import { LlmCancelledError } from '../../errors/answer-errors.js';
import { LlmConnectError } from '../../errors/connection-errors.js';
import { LlmError } from '../../errors/llm-error.js';
import { type Connection, type ConnectionHandlers } from '../connection.js';
import { openConnection, type PoolContext } from '../dial/open-connection.js';
import { type EndpointReuse } from '../reuse/endpoint-reuse.js';
import { ReconnectSpread } from './reconnect-spread.js';

/** Receives the outcome of each dial, and the events of the connection. */
export interface DialHandlers extends ConnectionHandlers {
  onOpen: (connection: Connection) => void;
  onFailed: (error: LlmError) => void;
}

/** The connections of a pool that are being opened: being dialed, or not quiet for long enough yet. */
export class Dials {
  readonly #context: PoolContext;
  readonly #reuse: EndpointReuse;
  readonly #handlers: DialHandlers;
  readonly #dialing = new Set<AbortController>();
  readonly #spread: ReconnectSpread;

  constructor(context: PoolContext, reuse: EndpointReuse, handlers: DialHandlers) {
    this.#context = context;
    this.#reuse = reuse;
    this.#handlers = handlers;
    this.#spread = new ReconnectSpread(context.random);
  }

  get size(): number {
    return this.#dialing.size;
  }

  /** Opens another connection; `onOpen` or `onFailed` is called, unless it is dropped before. */
  start(): void {
    const dialing = new AbortController();
    this.#dialing.add(dialing);
    void this.#open(dialing);
  }

  /** The server, or the way to it, has ended a connection: many such drops put off the next connects. */
  dropped(): void {
    this.#spread.dropped(this.#context.clock.now());
  }

  /** Abandons all but `count` of them, the newest first. */
  keep(count: number, reason: string): void {
    for (const dialing of [...this.#dialing].slice(count)) {
      this.#dialing.delete(dialing);
      dialing.abort(new LlmCancelledError(reason));
    }
  }

  async #open(dialing: AbortController): Promise<void> {
    const { address, model, clock } = this.#context;
    const { signal } = dialing;
    let connection;
    try {
      const delayMs = this.#spread.delayMs(clock.now());
      if (delayMs > 0) await clock.sleep(delayMs, signal);
      connection = await openConnection(this.#context, this.#reuse, model, signal, this.#handlers);
      if (connection.closedBy !== undefined) throw connection.closedBy;
    } catch (error) {
      this.#dialing.delete(dialing);
      if (signal.aborted) return;
      const known = error instanceof LlmError ? error : new LlmConnectError(address.name, error as Error);
      this.#handlers.onFailed(known);
      return;
    }
    this.#dialing.delete(dialing);
    if (signal.aborted) connection.close();
    else this.#handlers.onOpen(connection);
  }
}
