/** More than the attempts that any generation of a run makes. */
const attemptsPerGeneration = 1_000;

/**
 * The offset of the attempt numbers of a generation: those of the first are 1, 2, …, those of the second 1001, 1002, ….
 * A replica that died may have sent event ids of attempts that were not stored; no later attempt may have the same
 * number, because an event id must not be a position in two different texts.
 * @param generation from 1
 */
export function attemptsBefore(generation: number): number {
  return (generation - 1) * attemptsPerGeneration;
}

/** Whether an attempt was made after another replica had taken over the run. */
export function isTakenOver(attempt: number): boolean {
  return attempt > attemptsPerGeneration;
}
