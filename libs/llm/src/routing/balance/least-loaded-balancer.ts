import { type AnswerKind, type Balancer } from './balancer.js';

/** The load and latency of an endpoint, as the balancer compares them. */
export interface BalancedEndpoint extends Readonly<Record<AnswerKind, ExpectedLatency>> {
  /** Unfinished requests. */
  readonly inFlight: number;
  /** The capacity relative to the other endpoints; above 0. */
  readonly weight: number;
}

/** The latency of an endpoint for one kind of answer. */
export interface ExpectedLatency {
  /** The expected time to first token, in ms; undefined while unknown. */
  readonly expectedMs: number | undefined;
  /** Requests whose first token has not arrived. */
  readonly unanswered: number;
}

/** The assumed latency of an endpoint whose first request is not yet answered: higher than any expected one. */
const firstRequestMs = 60_000;

/**
 * The power of two choices (Mitzenmacher 2001): picks the one with lower cost of two endpoints drawn at random. Nearly as good
 * as picking the best of all, but callers do not all choose the same endpoint at the same time.
 */
export class LeastLoadedBalancer<T extends BalancedEndpoint> implements Balancer<T> {
  readonly #random: () => number;

  /** @param random returns a number in [0, 1) */
  constructor(random: () => number) {
    this.#random = random;
  }

  pick(candidates: readonly T[], kind: AnswerKind): T {
    if (candidates.length === 1) return candidates[0]!;
    const first = Math.floor(this.#random() * candidates.length);
    const other = Math.floor(this.#random() * (candidates.length - 1));
    const a = candidates[first]!;
    const b = candidates[other >= first ? other + 1 : other]!;
    return cost(b, kind) < cost(a, kind) ? b : a;
  }
}

/**
 * The cost of sending a request to an endpoint. One with unknown latency costs nothing until it has a request, so that it is
 * measured once. The expected latency already includes queueing on the server. Requests in flight therefore count less than
 * linearly (square root); otherwise a slow server would receive the overflow of every burst.
 */
function cost(endpoint: BalancedEndpoint, kind: AnswerKind): number {
  const { expectedMs, unanswered } = endpoint[kind];
  if (expectedMs === undefined && unanswered === 0) return 0;
  return (Math.sqrt(endpoint.inFlight + 1) * (expectedMs ?? firstRequestMs)) / endpoint.weight;
}
