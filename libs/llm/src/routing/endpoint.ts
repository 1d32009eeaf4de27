import { type Clock } from '../clock.js';
import { LlmQueueFullError, LlmTimeoutError } from '../errors/connection-errors.js';
import { type LlmError } from '../errors/llm-error.js';
import { type LlmProtocol } from '../protocols/protocol.js';
import { type Address } from '../transport/dial.js';
import { ConnectionPool, type PoolState } from '../transport/pool.js';
import { type TransportOptions } from '../transport/transport-options.js';
import { ConsecutiveBreaker, type Breaker, type BreakerOptions, type BreakerState } from './breaker.js';

export interface EndpointContext {
  route: string;
  model: string;
  protocol: LlmProtocol;
  transport: TransportOptions;
  breaker: BreakerOptions;
  clock: Clock;
  onConnection: (endpoint: Endpoint, closedBy: LlmError | undefined) => void;
}

export interface EndpointState extends PoolState {
  /** The address as it may be shown. */
  url: string;
  route: string;
  model: string;
  breaker: BreakerState;
  /** The code of the last failure, until something succeeds. */
  lastError: string | undefined;
}

/** One LLM server address with its connections, its breaker and what is known of its health. */
export class Endpoint {
  readonly name: string;
  readonly route: string;
  readonly model: string;
  readonly pool: ConnectionPool;
  readonly breaker: Breaker;
  readonly #clock: Clock;
  #lastError: string | undefined;

  constructor(address: Address, context: EndpointContext) {
    this.name = address.name;
    this.route = context.route;
    this.model = context.model;
    this.#clock = context.clock;
    this.breaker = new ConsecutiveBreaker(context.breaker);
    this.pool = new ConnectionPool({
      address,
      model: context.model,
      protocol: context.protocol,
      options: context.transport,
      clock: context.clock,
      onOpen: () => context.onConnection(this, undefined),
      onClose: (error) => context.onConnection(this, error),
    });
  }

  get state(): EndpointState {
    return {
      url: this.name,
      route: this.route,
      model: this.model,
      breaker: this.breaker.state(this.#clock.now()),
      lastError: this.#lastError,
      ...this.pool.state,
    };
  }

  get isAllowed(): boolean {
    return this.breaker.allows(this.#clock.now());
  }

  attemptStarted(): void {
    this.breaker.started(this.#clock.now());
  }

  /** A request that is itself at fault, was cancelled, or got no turn in our own queue says nothing of the endpoint. */
  attemptFinished(error: LlmError | undefined): void {
    if (error === undefined) {
      this.breaker.succeeded();
      this.#lastError = undefined;
    } else if (
      error.scope === 'never' ||
      error.scope === 'other_route' ||
      error instanceof LlmQueueFullError ||
      (error instanceof LlmTimeoutError && error.phase === 'queue')
    ) {
      this.breaker.unknown();
    } else {
      this.breaker.failed(this.#clock.now());
      this.#lastError = error.code;
    }
  }

  /** Can the endpoint be reached? Opens a connection when there is none; sends no prompt. */
  async check(signal: AbortSignal): Promise<void> {
    await this.pool.check(signal);
  }
}
