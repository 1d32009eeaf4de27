/** Chooses which of several interchangeable endpoints is asked next. */
export interface Balancer<T> {
  /** `candidates` is never empty, and in the order of the configuration. */
  pick(candidates: readonly T[]): T;
}

/** Each in turn, also when the candidates change between two picks. */
export class RoundRobinBalancer<T> implements Balancer<T> {
  readonly #order: readonly T[];
  #next = 0;

  /** @param order every endpoint that can ever be a candidate */
  constructor(order: readonly T[]) {
    this.#order = order;
  }

  pick(candidates: readonly T[]): T {
    for (let step = 0; step < this.#order.length; step += 1) {
      const place = (this.#next + step) % this.#order.length;
      const endpoint = this.#order[place]!;
      if (!candidates.includes(endpoint)) continue;
      this.#next = place + 1;
      return endpoint;
    }
    return candidates[0]!;
  }
}
