import { LlmCancelledError } from '../../errors/answer-errors.js';
import { LlmConnectError } from '../../errors/connection-errors.js';
import { LlmError } from '../../errors/llm-error.js';
import { type Connection, type ConnectionHandlers } from '../connection.js';
import { openConnection, type PoolContext } from '../dial/open-connection.js';
import { type EndpointReuse } from '../reuse/endpoint-reuse.js';
import { ReconnectSpread } from './reconnect-spread.js';

/** Receives the outcome of each connect, and the events of the connection. */
export interface ConnectHandlers extends ConnectionHandlers {
  onOpen: (connection: Connection) => void;
  onFailed: (error: LlmError) => void;
}

/** The connections of a pool that are being opened: dialing, in the handshake, or not yet quiet for the settle time. */
export class PendingConnects {
  readonly #context: PoolContext;
  readonly #reuse: EndpointReuse;
  readonly #handlers: ConnectHandlers;
  readonly #connecting = new Set<AbortController>();
  readonly #spread: ReconnectSpread;

  constructor(context: PoolContext, reuse: EndpointReuse, handlers: ConnectHandlers) {
    this.#context = context;
    this.#reuse = reuse;
    this.#handlers = handlers;
    this.#spread = new ReconnectSpread(context.random);
  }

  /** Number of connections being opened. */
  get size(): number {
    return this.#connecting.size;
  }

  /**
   * Opens another connection; calls `onOpen` or `onFailed`, unless it is abandoned before. Resolves with whether it has
   * opened; never rejects.
   */
  start(): Promise<boolean> {
    const connecting = new AbortController();
    this.#connecting.add(connecting);
    return this.#open(connecting);
  }

  /** Records that the server or the network has ended a connection: many drops delay the next connects. */
  recordDrop(): void {
    this.#spread.dropped(this.#context.clock.now());
  }

  /** Abandons all but the `count` oldest connects. */
  abandonExcept(count: number, reason: string): void {
    for (const connecting of [...this.#connecting].slice(count)) {
      this.#connecting.delete(connecting);
      connecting.abort(new LlmCancelledError(reason));
    }
  }

  async #open(connecting: AbortController): Promise<boolean> {
    const { address, model, clock } = this.#context;
    const { signal } = connecting;
    let connection;
    try {
      const delayMs = this.#spread.delayMs(clock.now());
      if (delayMs > 0) await clock.sleep(delayMs, signal);
      connection = await openConnection(this.#context, this.#reuse, model, signal, this.#handlers);
      if (connection.endError !== undefined) throw connection.endError;
    } catch (error) {
      this.#connecting.delete(connecting);
      if (signal.aborted) return false;
      const reported = error instanceof LlmError ? error : new LlmConnectError(address.name, error as Error);
      this.#handlers.onFailed(reported);
      return false;
    }
    this.#connecting.delete(connecting);
    if (signal.aborted) connection.close();
    else this.#handlers.onOpen(connection);
    return !signal.aborted;
  }
}
