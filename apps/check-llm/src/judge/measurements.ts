import { type Answer } from '../connection/answer.js';

/** Measured times, in milliseconds. */
export interface Measurements {
  connectMs: number | undefined;
  /** The maximum of the answers that arrived in several pieces. */
  firstTokenMs: number | undefined;
  /** Between the first piece and the end of the streamed answer. */
  tokensPerSecond: number | undefined;
  /** Whether the server reports no token counts, so that four characters count as one token. */
  isEstimated: boolean;
  /** The longest time between two pieces. */
  longestGapMs: number | undefined;
  /** The maximum time to the end of an answer. */
  answerMs: number | undefined;
  pingMs: number | undefined;
}

/** Characters per token, a rule of thumb for English. */
const charactersPerToken = 4;

/**
 * Computes measurements from complete answers.
 * @param connectMs time to connect, in milliseconds
 * @param streamed the answer whose rate is measured
 * @param others further answers, for the maxima
 */
export function measure(
  connectMs: number | undefined,
  streamed: Answer | undefined,
  others: readonly Answer[],
  pingMs: number | undefined,
): Measurements {
  const all = [...(streamed === undefined ? [] : [streamed]), ...others].filter(
    ({ end }) => end !== undefined,
  );
  // An answer in one piece does not show when its first token was generated.
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
  // Some servers report 0 instead of counting.
  const counted = end.usage?.outputTokens || undefined;
  // The time starts with the first token.
  const tokens = (counted ?? text.length / charactersPerToken) - 1;
  if (tokens <= 0) return undefined;
  return { perSecond: (tokens * 1000) / (endMs - firstMs), isEstimated: counted === undefined };
}

function longest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
