import { type ExpectedLatency } from './least-loaded-balancer.js';
import { PeakEwma } from './peak-ewma.js';
import { type TrafficClock } from './traffic-clock.js';

/** Names an attempt; nothing is asked of it. */
export type AttemptKey = object;

/** How fast a slow answer is forgotten, in ms of traffic. */
const latencyDecayMs = 10_000;

/** How soon an endpoint begins to answer requests of one kind. Times are on one monotonic clock, in ms. */
export class LatencyEstimate implements ExpectedLatency {
  readonly #latency = new PeakEwma(latencyDecayMs);
  /** When the attempts began that no first token has come of, oldest first. */
  readonly #unanswered = new Map<AttemptKey, number>();

  readonly #failure: PeakEwma;
  readonly #now: () => number;
  readonly #traffic: TrafficClock;

  /**
   * @param failure what its failures count for, whatever was asked
   * @param now the time on the clock of all that is told
   * @param traffic the time in which slow answers are forgotten
   */
  constructor(failure: PeakEwma, now: () => number, traffic: TrafficClock) {
    this.#failure = failure;
    this.#now = now;
    this.#traffic = traffic;
  }

  get unanswered(): number {
    return this.#unanswered.size;
  }

  /** At least as long as it has kept somebody waiting already: silence is news, too. */
  get expectedMs(): number | undefined {
    const now = this.#now();
    const latency = this.#latency.value(this.#traffic.now);
    const failure = this.#failure.value(now);
    if (latency === undefined && failure === undefined) return undefined;
    const oldest = this.#unanswered.values().next().value ?? now;
    return Math.max(latency ?? 0, failure ?? 0, now - oldest);
  }

  started(pending: AttemptKey, now: number): void {
    this.#unanswered.set(pending, now);
  }

  /** Its first token came, after so long. */
  answered(pending: AttemptKey, afterMs: number): void {
    this.#unanswered.delete(pending);
    this.#latency.observe(afterMs, this.#traffic.now);
  }

  /** Whether it was answered or not. */
  finished(pending: AttemptKey): void {
    this.#unanswered.delete(pending);
  }

  /** What was known is of another time. */
  forget(): void {
    this.#latency.forget();
  }
}
