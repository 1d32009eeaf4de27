import { attemptsBefore, isTakenOver } from './attempt-numbers.js';

describe('the numbers of attempts', () => {
  it.each([
    [1, 1, 1],
    [1, 7, 7],
    [2, 1, 1_001],
    [3, 12, 2_012],
  ])('of generation %i: attempt %i is %i', (generation, attempt, number) => {
    expect(attemptsBefore(generation) + attempt).toBe(number);
  });

  it.each([
    [1, false],
    [1_000, false],
    [1_001, true],
    [2_001, true],
  ])('show whether the run was taken over: %i', (attempt, isTakenOverAttempt) => {
    expect(isTakenOver(attempt)).toBe(isTakenOverAttempt);
  });
});
