import { type Balancer } from './balancer.js';

/** Each in turn, the heavier ones more often; also when the candidates change between two picks. */
export class RoundRobinBalancer<T extends { readonly weight: number }> implements Balancer<T> {
  readonly #credit = new Map<T, number>();

  /** Smooth weighted round robin: everyone earns its weight; the richest is picked, and pays what all have earned. */
  pick(candidates: readonly T[]): T {
    let richest = candidates[0]!;
    let earned = 0;
    for (const candidate of candidates) {
      earned += candidate.weight;
      this.#credit.set(candidate, this.#creditOf(candidate) + candidate.weight);
      if (this.#creditOf(candidate) > this.#creditOf(richest)) richest = candidate;
    }
    this.#credit.set(richest, this.#creditOf(richest) - earned);
    return richest;
  }

  #creditOf(endpoint: T): number {
    return this.#credit.get(endpoint) ?? 0;
  }
}
