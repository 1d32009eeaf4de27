/**
 * What is asked for: an answer that comes piece by piece, or one that comes whole. Their times to first token have nothing
 * to do with each other: a plain answer's first token is all of it.
 */
export type AnswerKind = 'streamed' | 'plain';

/** Chooses which of several interchangeable endpoints is asked next. */
export interface Balancer<T> {
  /** `candidates` is never empty, and in the order of the configuration. */
  pick(candidates: readonly T[], kind: AnswerKind): T;
}
