/** More places than any text has. */
const placesPerAttempt = 100_000_000;

/** The events before the text: `response.created`, `response.in_progress`, and those that open item and part. */
export const openings = 4;

/**
 * A place in a response, as its `sequence_number` says it: the numbers grow from event to event and are the same however
 * often, and wherever, the response is followed. A piece of text has the number of its end, so they are not consecutive.
 */
export interface Place {
  /** The attempt that the text comes from; 1 before there is any. */
  attempt: number;
  /** From 0: the openings, then a place for each character (UTF-16 code unit), then the endings. */
  at: number;
}

export function sequenceNumber({ attempt, at }: Place): number {
  return (attempt - 1) * placesPerAttempt + at;
}

/** @returns undefined for what is no sequence number */
export function parseSequenceNumber(given: string): Place | undefined {
  if (!/^\d{1,15}$/.test(given)) return undefined;
  const number = Number(given);
  return { attempt: Math.floor(number / placesPerAttempt) + 1, at: number % placesPerAttempt };
}
