/** More attempts than any run makes before it is generated again by another replica. */
const attemptsPerGeneration = 1_000;

/**
 * What is added to the attempts of a generation: the first one's are 1, 2, …, the second one's 1001, 1002, …. A replica
 * that died may have told of attempts that nobody wrote down; no event id of theirs must name a place in another text.
 * @param generation from 1
 */
export function attemptsBefore(generation: number): number {
  return (generation - 1) * attemptsPerGeneration;
}

/** Whether an attempt was made by a replica that took the run over. */
export function isTakenOver(attempt: number): boolean {
  return attempt > attemptsPerGeneration;
}
