import { type Balancer } from './balancer.js';

/** Smooth weighted round robin, as in nginx. The candidates may change between two picks. */
export class RoundRobinBalancer<T extends { readonly weight: number }> implements Balancer<T> {
  readonly #credit = new Map<T, number>();

  /** Each candidate's credit grows by its weight; the highest credit is picked and reduced by the sum of the weights. */
  pick(candidates: readonly T[]): T {
    let best = candidates[0]!;
    let totalWeight = 0;
    for (const candidate of candidates) {
      totalWeight += candidate.weight;
      this.#credit.set(candidate, this.#creditOf(candidate) + candidate.weight);
      if (this.#creditOf(candidate) > this.#creditOf(best)) best = candidate;
    }
    this.#credit.set(best, this.#creditOf(best) - totalWeight);
    return best;
  }

  #creditOf(endpoint: T): number {
    return this.#credit.get(endpoint) ?? 0;
  }
}
