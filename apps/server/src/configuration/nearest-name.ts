/** The most typing mistakes (an extra, missing or wrong letter, or two swapped ones) in a name that is recognized. */
const MAX_TYPOS = 2;

/** The known name closest to a misspelled one; undefined if none is close. Allows one mistake per three letters, at most 2. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  return known
    .map((candidate) => ({ candidate, typos: typos(name, candidate) }))
    .filter(({ candidate, typos }) => typos <= Math.min(MAX_TYPOS, Math.floor(candidate.length / 3)))
    .toSorted((a, b) => a.typos - b.typos)[0]?.candidate;
}

/** The optimal string alignment distance between two names. */
function typos(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > MAX_TYPOS) return Infinity;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        (previous[j] ?? Infinity) + 1,
        (row[j - 1] ?? Infinity) + 1,
        (previous[j - 1] ?? Infinity) + same,
        swapped ? (before[j - 2] ?? Infinity) + 1 : Infinity,
      );
    }
    before = previous;
    previous = row;
  }
  return previous[b.length] ?? Infinity;
}
