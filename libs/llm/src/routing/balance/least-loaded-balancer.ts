import { type AnswerKind, type Balancer } from './balancer.js';

/** What has to be known of an endpoint to weigh it against another. */
export interface BalancedEndpoint extends Readonly<Record<AnswerKind, ExpectedLatency>> {
  /** Requests that it has not answered yet. */
  readonly inFlight: number;
  /** How much it can take, compared with the others; above 0. */
  readonly weight: number;
}

/** What is known of the answers of one kind. */
export interface ExpectedLatency {
  /** The time to first token that is to be expected, in ms; undefined while nothing is known. */
  readonly expectedMs: number | undefined;
  /** Requests that no first token has come of. */
  readonly unanswered: number;
}

/** What an endpoint counts for that nothing is known of, while it has its first request: the dearest of all. */
const unknownMs = 60_000;

/**
 * The power of two choices: of two endpoints drawn at random, the one that promises to answer sooner. Nearly as good as
 * asking the best of all, and without the herd that runs to whoever was best a moment ago (Mitzenmacher 2001).
 */
export class LeastLoadedBalancer<T extends BalancedEndpoint> implements Balancer<T> {
  readonly #random: () => number;

  /** @param random a number in [0, 1) */
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
 * An endpoint that nothing is known of is asked once, to get to know it, and not again before it has answered. The time
 * to be expected was measured under load and has the wait behind others in it already: what is in flight counts less
 * than in proportion, or a server ten times slower would get what a burst leaves over.
 */
function cost(endpoint: BalancedEndpoint, kind: AnswerKind): number {
  const { expectedMs, unanswered } = endpoint[kind];
  if (expectedMs === undefined && unanswered === 0) return 0;
  return (Math.sqrt(endpoint.inFlight + 1) * (expectedMs ?? unknownMs)) / endpoint.weight;
}
