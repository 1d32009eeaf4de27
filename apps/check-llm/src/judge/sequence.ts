/** When an answer began and ended, in milliseconds since both requests were sent. */
export interface AnswerTimes {
  firstMs: number | undefined;
  endMs: number | undefined;
}

/** Shorter answers do not show whether another one was generated at the same time, in milliseconds. */
const shortestComparableMs = 30;

/**
 * Whether one of two answers was generated after the other one: it began after the end of the other, and took at least half
 * as long from there. An answer in one piece that arrives shortly after the other was generated at the same time.
 */
export function isOneAfterOther(a: AnswerTimes, b: AnswerTimes): boolean {
  if (a.endMs === undefined || b.endMs === undefined) return false;
  const [earlier, later] = a.endMs <= b.endMs ? [a, b] : [b, a];
  const earlierEndMs = earlier.endMs ?? 0;
  if (earlierEndMs <= shortestComparableMs || (later.firstMs ?? 0) < earlierEndMs) return false;
  return (later.endMs ?? 0) - earlierEndMs >= earlierEndMs / 2;
}
