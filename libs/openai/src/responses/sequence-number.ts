/** More positions than any answer has. */
const positionsPerAttempt = 100_000_000;

/**
 * The number of events before the text: `response.created`, `response.in_progress`, `response.output_item.added` and
 * `response.content_part.added`.
 */
export const openingEvents = 4;

/**
 * A position in a response, which a `sequence_number` encodes. The numbers increase from event to event, and are the same
 * on every server and each time the response is followed. A piece of text has the number of its end, so numbers are not
 * consecutive.
 */
export interface ResponsePosition {
  /** The attempt that the text comes from; 1 before there is any. */
  attempt: number;
  /** From 0: the opening events, then one position per character (UTF-16 code unit), then the final events. */
  at: number;
}

/** Encodes a position. */
export function sequenceNumber({ attempt, at }: ResponsePosition): number {
  return (attempt - 1) * positionsPerAttempt + at;
}

/** Decodes a sequence number; undefined if it is not a number of 1 to 15 digits. */
export function parseSequenceNumber(given: string): ResponsePosition | undefined {
  if (!/^\d{1,15}$/.test(given)) return undefined;
  const number = Number(given);
  return { attempt: Math.floor(number / positionsPerAttempt) + 1, at: number % positionsPerAttempt };
}
