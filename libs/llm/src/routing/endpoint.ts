import { type Clock } from '../clock.js';
import { LlmQueueFullError, LlmTimeoutError } from '../errors/connection-errors.js';
import { type LlmError } from '../errors/llm-error.js';
import { type ProtocolLimits } from '../protocols/connection-rules.js';
import { type EmptyAnswerPolicy } from '../protocols/empty-answer.js';
import { type LlmCredentials } from '../protocols/protocol-context.js';
import { type LlmProtocol } from '../protocols/protocol.js';
import { type SecretRedactor } from '../redaction/secret-redactor.js';
import { createPool } from '../transport/pool/create-pool.js';
import { type Dialer } from '../transport/dial/dial.js';
import { type Address } from '../transport/dial/open-connection.js';
import { type Pool, type PoolState } from '../transport/pool/pool.js';
import { type ReuseState } from '../transport/reuse/endpoint-reuse.js';
import { type TransportOptions } from '../transport/transport-options.js';
import { type AnswerKind } from './balance/balancer.js';
import { OutlierBreaker, type Breaker, type BreakerOptions, type BreakerState } from './breaker/breaker.js';
import { LatencySample } from './hedge/latency-sample.js';
import { type BalancedEndpoint } from './balance/least-loaded-balancer.js';
import { LatencyEstimate, type AttemptKey } from './balance/latency-estimate.js';
import { PeakEwma } from './balance/peak-ewma.js';
import { SlowStart } from './balance/slow-start.js';
import { type TrafficClock } from './balance/traffic-clock.js';

/** What a failure counts for when answers are compared: failing fast must not look like answering fast. */
const failureMs = 1_000;
/** How fast that is forgotten: a single failure must not keep an endpoint from being asked for long. */
const failureDecayMs = 1_000;

export interface EndpointContext {
  route: string;
  /** From 0, within the route. */
  index: number;
  weight: number;
  model: string;
  protocol: LlmProtocol;
  credentials: LlmCredentials;
  emptyAnswer: EmptyAnswerPolicy;
  transport: TransportOptions;
  breaker: BreakerOptions;
  clock: Clock;
  /** Moved on by every request of the route. */
  traffic: TrafficClock;
  /** A number in [0, 1). */
  random: () => number;
  onConnection: (endpoint: Endpoint, closedBy: LlmError | undefined) => void;
  dial?: Dialer | undefined;
  onReuse: (endpoint: Endpoint, state: ReuseState) => void;
}

export interface EndpointState extends PoolState {
  /** The address as it may be shown. */
  url: string;
  route: string;
  model: string;
  breaker: BreakerState;
  weight: number;
  /**
   * The time to first token that is to be expected, in ms: a moving average that rises at once and falls slowly. That of
   * streamed answers, or of plain ones while no streamed one is known.
   */
  expectedMs: number | undefined;
  /** The code of the last failure, until something succeeds. */
  lastError: string | undefined;
}

/** One LLM server address with its connections, its breaker and what is known of its health. */
export class Endpoint implements BalancedEndpoint {
  /** Its address, for operators. */
  readonly name: string;
  /** Its name for callers: its route and its number there, such as `primary-1`. */
  readonly label: string;
  readonly weight: number;
  readonly route: string;
  readonly model: string;
  readonly pool: Pool;
  /** Redacts secrets in what its servers send. */
  readonly redactor: SecretRedactor;
  /** What its servers need instead of the client's limits. */
  readonly limits: ProtocolLimits;
  readonly emptyAnswer: EmptyAnswerPolicy;
  readonly breaker: Breaker;
  readonly #clock: Clock;
  readonly #traffic: TrafficClock;
  readonly streamed: LatencyEstimate;
  readonly plain: LatencyEstimate;
  readonly #failure = new PeakEwma(failureDecayMs);
  readonly #latencies = new LatencySample();
  readonly #slowStart = new SlowStart();
  #inFlight = 0;
  #lastError: string | undefined;

  constructor(address: Address, context: EndpointContext) {
    this.name = address.name;
    this.label = `${context.route}-${context.index + 1}`;
    this.redactor = address.redactor;
    this.route = context.route;
    this.model = context.model;
    this.#clock = context.clock;
    this.#traffic = context.traffic;
    const now = (): number => context.clock.now();
    this.streamed = new LatencyEstimate(this.#failure, now, context.traffic);
    this.plain = new LatencyEstimate(this.#failure, now, context.traffic);
    this.weight = context.weight;
    this.breaker = new OutlierBreaker(context.breaker, context.random);
    this.limits = context.protocol.limits ?? {};
    this.emptyAnswer = context.emptyAnswer;
    this.pool = createPool({
      address,
      credentials: context.credentials,
      model: context.model,
      protocol: context.protocol,
      options: context.transport,
      clock: context.clock,
      random: context.random,
      onOpen: () => context.onConnection(this, undefined),
      onClose: (error) => context.onConnection(this, error),
      dial: context.dial,
      onReuse: (state) => context.onReuse(this, state),
    });
  }

  get state(): EndpointState {
    return {
      url: this.name,
      route: this.route,
      model: this.model,
      weight: this.weight,
      breaker: this.breaker.state(this.#clock.now()),
      expectedMs: this.streamed.expectedMs ?? this.plain.expectedMs,
      lastError: this.#lastError,
      ...this.pool.state,
    };
  }

  /** Requests that it has not answered yet, those that wait for a connection included. */
  get inFlight(): number {
    return this.#inFlight;
  }

  get isAllowed(): boolean {
    return this.breaker.allows(this.#clock.now()) && this.#slowStart.allows(this.#inFlight);
  }

  /** Has it been away, and is it time to see whether it is back? */
  get needsProbe(): boolean {
    return this.breaker.state(this.#clock.now()) === 'half_open' && this.isAllowed;
  }

  /** The time to first token that so large a part of the last streamed answers did not exceed, once there were enough. */
  firstTokenPercentile(fraction: number, minSamples: number): number | undefined {
    return this.#latencies.count < minSamples ? undefined : this.#latencies.percentile(fraction);
  }

  attemptStarted(pending: AttemptKey, kind: AnswerKind): void {
    const now = this.#clock.now();
    this.#inFlight += 1;
    this.#traffic.requestCame(now);
    this[kind].started(pending, now);
    this.breaker.started(now);
  }

  firstTokenCame(pending: AttemptKey, kind: AnswerKind, afterMs: number): void {
    const now = this.#clock.now();
    this.#failure.forget();
    if (this.breaker.state(now) !== 'closed') {
      this.streamed.forget();
      this.plain.forget();
    }
    this[kind].answered(pending, afterMs);
    if (kind === 'streamed') this.#latencies.observe(afterMs);
  }

  /** A request that is itself at fault, was cancelled, or got no turn in our own queue says nothing of the endpoint. */
  attemptFinished(pending: AttemptKey, kind: AnswerKind, error: LlmError | undefined): void {
    const now = this.#clock.now();
    this.#inFlight -= 1;
    this[kind].finished(pending);
    if (error === undefined) {
      if (this.breaker.state(now) !== 'closed') this.#slowStart.begin();
      this.#slowStart.succeeded();
      this.breaker.succeeded(now);
      this.#lastError = undefined;
    } else if (saysNothingOfTheEndpoint(error)) {
      this.breaker.unknown();
    } else {
      this.#failure.observe(failureMs, now);
      this.breaker.failed(now);
      this.#lastError = error.code;
    }
  }

  /** Can the endpoint be reached? Opens a connection when there is none; sends no prompt. */
  async check(signal: AbortSignal): Promise<void> {
    await this.pool.check(signal);
  }
}

function saysNothingOfTheEndpoint(error: LlmError): boolean {
  return (
    error.scope === 'never' ||
    error.scope === 'other_route' ||
    error instanceof LlmQueueFullError ||
    (error instanceof LlmTimeoutError && error.phase === 'queue')
  );
}
