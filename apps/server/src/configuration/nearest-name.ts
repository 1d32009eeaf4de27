/** Most typing mistakes (a letter too many, missing, wrong, or two swapped) in a name that is still recognised. */
const MAX_TYPOS = 2;

/** The one of `known` that was probably meant by `name`; of a short name less may be wrong. Undefined: none of them. */
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
