/** Chooses which of several interchangeable endpoints is asked next. */
export interface Balancer<T> {
  /** `candidates` is never empty, and in the order of the configuration. */
  pick(candidates: readonly T[]): T;
}
