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

/** The latency that a failure counts as, so that an endpoint that fails fast is not preferred. */
const failureMs = 1_000;
/** The time in which that latency decays to 1/e, so that one failure does not exclude an endpoint for long. */
const failureDecayMs = 1_000;

/** The configuration and the dependencies of an {@link Endpoint}. */
export interface EndpointContext {
  /** The name of its route. */
  route: string;
  /** Its position in the route, from 0. */
  index: number;
  weight: number;
  model: string;
  protocol: LlmProtocol;
  credentials: LlmCredentials;
  emptyAnswer: EmptyAnswerPolicy;
  transport: TransportOptions;
  breaker: BreakerOptions;
  clock: Clock;
  /** Shared by the endpoints of the route; advanced by every request. */
  traffic: TrafficClock;
  /** Returns a number in [0, 1). */
  random: () => number;
  /** Called when a connection has opened (`closedBy` is undefined) or closed. */
  onConnection: (endpoint: Endpoint, closedBy: LlmError | undefined) => void;
  /** Opens WebSockets; default: real ones. */
  dial?: Dialer | undefined;
  /** Called when the reuse mode has changed. */
  onReuse: (endpoint: Endpoint, state: ReuseState) => void;
  /** Called for each frame that the protocol does not know and that is passed over. */
  onUnknownFrame: (endpoint: Endpoint, detail: string, isFirst: boolean) => void;
}

/** The state of an endpoint, for operators. */
export interface EndpointState extends PoolState {
  /** The address without credentials. */
  url: string;
  route: string;
  model: string;
  breaker: BreakerState;
  weight: number;
  /**
   * The expected time to first token, in ms: a moving average that rises immediately and falls slowly. For streamed answers,
   * or for plain ones if no streamed answer is known.
   */
  expectedMs: number | undefined;
  /** The last failure as `code: message`; undefined after a success. */
  lastError: string | undefined;
}

/** One LLM server address with its connection pool, its circuit breaker and its latency statistics. */
export class Endpoint implements BalancedEndpoint {
  /** The address without credentials, for operators. */
  readonly name: string;
  /** The name for callers: the route and the number in it, such as `primary-1`. */
  readonly label: string;
  readonly weight: number;
  readonly route: string;
  readonly model: string;
  readonly pool: Pool;
  /** Redacts secrets in everything that its servers send. */
  readonly redactor: SecretRedactor;
  /** The protocol's limits, which replace those of the client. */
  readonly limits: ProtocolLimits;
  /** Whether its servers send every answer in pieces. */
  readonly streamsAlways: boolean;
  readonly emptyAnswer: EmptyAnswerPolicy;
  readonly breaker: Breaker;
  readonly #clock: Clock;
  readonly #traffic: TrafficClock;
  /** The latency of streamed answers. */
  readonly streamed: LatencyEstimate;
  /** The latency of plain answers. */
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
    this.streamsAlways = context.protocol.streamsAlways === true;
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
      onUnknownFrame: (detail, isFirst) => context.onUnknownFrame(this, detail, isFirst),
    });
  }

  /** The current state, for operators. */
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

  /** Unfinished attempts, including those that wait for a connection. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Whether the breaker and slow start permit a request now. */
  get isAllowed(): boolean {
    return this.breaker.allows(this.#clock.now()) && this.#slowStart.allows(this.#inFlight);
  }

  /** Whether the breaker is half open and waits for its probe. */
  get needsProbe(): boolean {
    return this.breaker.state(this.#clock.now()) === 'half_open' && this.isAllowed;
  }

  /**
   * A percentile of the recent times to first token of streamed answers, in ms.
   * @param fraction from 0 to 1
   * @returns undefined for fewer than `minSamples` answers
   */
  firstTokenPercentile(fraction: number, minSamples: number): number | undefined {
    return this.#latencies.count < minSamples ? undefined : this.#latencies.percentile(fraction);
  }

  /** Records the start of an attempt. */
  attemptStarted(attempt: AttemptKey, kind: AnswerKind): void {
    const now = this.#clock.now();
    this.#inFlight += 1;
    this.#traffic.advance(now);
    this[kind].started(attempt, now);
    this.breaker.started(now);
  }

  /** Records the first piece of an attempt's answer, `afterMs` after its start. */
  firstTokenReceived(attempt: AttemptKey, kind: AnswerKind, afterMs: number): void {
    const now = this.#clock.now();
    this.#failure.forget();
    if (this.breaker.state(now) !== 'closed') {
      this.streamed.forget();
      this.plain.forget();
    }
    this[kind].answered(attempt, afterMs);
    if (kind === 'streamed') this.#latencies.observe(afterMs);
  }

  /**
   * Records the end of an attempt. Failures that the endpoint did not cause do not count against it: an invalid request, a
   * cancellation, a full or slow queue of this process.
   */
  attemptFinished(attempt: AttemptKey, kind: AnswerKind, error: LlmError | undefined): void {
    const now = this.#clock.now();
    this.#inFlight -= 1;
    this[kind].finished(attempt);
    if (error === undefined) {
      if (this.breaker.state(now) !== 'closed') this.#slowStart.begin();
      this.#slowStart.succeeded();
      this.breaker.succeeded(now);
      this.#lastError = undefined;
    } else if (isNotCausedByEndpoint(error)) {
      this.breaker.inconclusive();
    } else {
      this.#failure.observe(failureMs, now);
      this.breaker.failed(now);
      this.#lastError = this.redactor.redact(error.summary);
    }
  }

  /** Resolves if the endpoint can be reached. Opens a connection if there is none; sends no prompt. */
  async check(signal: AbortSignal): Promise<void> {
    await this.pool.check(signal);
  }
}

function isNotCausedByEndpoint(error: LlmError): boolean {
  return (
    error.scope === 'never' ||
    error.scope === 'other_route' ||
    error instanceof LlmQueueFullError ||
    (error instanceof LlmTimeoutError && error.phase === 'queue')
  );
}
