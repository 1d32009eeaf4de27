import { type ExpectedLatency } from './least-loaded-balancer.js';
import { PeakEwma } from './peak-ewma.js';
import { type TrafficClock } from './traffic-clock.js';

/** Identifies an attempt by its object identity. */
export type AttemptKey = object;

/** The time in which the weight of a slow answer decays to 1/e, in ms of the traffic clock. */
const latencyDecayMs = 10_000;

/**
 * Estimates the time to first token of an endpoint for one kind of answer, from answers, failures and attempts that still wait.
 * Times are of one monotonic clock, in ms.
 */
export class LatencyEstimate implements ExpectedLatency {
  readonly #latency = new PeakEwma(latencyDecayMs);
  /** The start times of attempts without a first token, oldest first. */
  readonly #unanswered = new Map<AttemptKey, number>();

  readonly #failure: PeakEwma;
  readonly #now: () => number;
  readonly #traffic: TrafficClock;

  /**
   * @param failure the latency that recent failures count as; shared by both kinds of answers
   * @param now returns the current time
   * @param traffic the clock by which slow answers decay
   */
  constructor(failure: PeakEwma, now: () => number, traffic: TrafficClock) {
    this.#failure = failure;
    this.#now = now;
    this.#traffic = traffic;
  }

  get unanswered(): number {
    return this.#unanswered.size;
  }

  /** At least the age of the oldest unanswered attempt: a missing answer also updates the estimate. */
  get expectedMs(): number | undefined {
    const now = this.#now();
    const latency = this.#latency.value(this.#traffic.now);
    const failure = this.#failure.value(now);
    if (latency === undefined && failure === undefined) return undefined;
    const oldest = this.#unanswered.values().next().value ?? now;
    return Math.max(latency ?? 0, failure ?? 0, now - oldest);
  }

  /** Records the start of an attempt. */
  started(attempt: AttemptKey, now: number): void {
    this.#unanswered.set(attempt, now);
  }

  /** Records the first token of an attempt, `afterMs` after its start. */
  answered(attempt: AttemptKey, afterMs: number): void {
    this.#unanswered.delete(attempt);
    this.#latency.observe(afterMs, this.#traffic.now);
  }

  /** Records the end of an attempt, whether it was answered or not. */
  finished(attempt: AttemptKey): void {
    this.#unanswered.delete(attempt);
  }

  /** Discards the answers so far: the endpoint was unavailable and may have changed. */
  forget(): void {
    this.#latency.forget();
  }
}
