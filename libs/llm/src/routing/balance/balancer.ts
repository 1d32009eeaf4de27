/**
 * How an answer is delivered: in pieces or as a whole. Latencies are measured separately, because the first token of a plain
 * answer is the whole answer.
 */
export type AnswerKind = 'streamed' | 'plain';

/** Chooses which of several interchangeable endpoints is asked next. */
export interface Balancer<T> {
  /** @param candidates at least one, in the order of the configuration */
  pick(candidates: readonly T[], kind: AnswerKind): T;
}
