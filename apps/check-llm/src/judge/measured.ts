import { type Answer } from '../talk/answer.js';

/** What was measured; times in milliseconds. */
export interface Measured {
  connectMs: number | undefined;
  /** The slowest of the answers that came in pieces. */
  firstTokenMs: number | undefined;
  /** Between the first piece and the end of the streamed answer. */
  tokensPerSecond: number | undefined;
  /** The server counted no tokens of the answer: four characters are taken for one. */
  isEstimated: boolean;
  /** Between two pieces. */
  longestGapMs: number | undefined;
  /** The slowest of the answers, to its end. */
  answerMs: number | undefined;
  pingMs: number | undefined;
}

/** Characters to a token, as a rule of thumb for English. */
const charactersPerToken = 4;

export function measure(
  connectMs: number | undefined,
  streamed: Answer | undefined,
  others: readonly Answer[],
  pingMs: number | undefined,
): Measured {
  const all = [...(streamed === undefined ? [] : [streamed]), ...others].filter(
    ({ end }) => end !== undefined,
  );
  // Of an answer in one piece nobody knows when its first token was there.
  const inPieces = all.filter(({ pieces }) => pieces > 1);
  const rate = streamed === undefined ? undefined : rateOf(streamed);
  return {
    connectMs,
    firstTokenMs: longest((inPieces.length > 0 ? inPieces : all).map(({ firstMs }) => firstMs)),
    tokensPerSecond: rate?.perSecond,
    isEstimated: rate?.isEstimated ?? false,
    longestGapMs: longest(inPieces.map(({ longestGapMs }) => longestGapMs)),
    answerMs: longest(all.map(({ endMs }) => endMs)),
    pingMs,
  };
}

function rateOf({ end, text, pieces, firstMs, endMs }: Answer) {
  if (end === undefined || firstMs === undefined || endMs === undefined || pieces < 2 || endMs <= firstMs) {
    return undefined;
  }
  // Some servers say 0 where they do not count.
  const counted = end.usage?.outputTokens || undefined;
  // The first token was there when the time began.
  const tokens = (counted ?? text.length / charactersPerToken) - 1;
  if (tokens <= 0) return undefined;
  return { perSecond: (tokens * 1000) / (endMs - firstMs), isEstimated: counted === undefined };
}

function longest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
