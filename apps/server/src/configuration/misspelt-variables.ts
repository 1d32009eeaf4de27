/** Prefixes of names that are ours, as far as one can tell; `API_` and the like belong to everybody. */
const PREFIXES = ['AUTH_', 'DATABASE_', 'DATA_', 'DRAIN_', 'HISTORY_', 'LLM_', 'LOG_'];

/** Most typing mistakes (a letter too many, missing, wrong, or two swapped) in a name that is still recognised. */
const MAX_TYPOS = 2;

/** One line for each variable that looks like a misspelt one of ours. Never shows a value. */
export function misspeltVariables(names: readonly string[], known: readonly string[]): string[] {
  return names
    .filter((name) => !known.includes(name) && PREFIXES.some((prefix) => name.startsWith(prefix)))
    .flatMap((name) => {
      const nearest = known
        .map((candidate) => ({ candidate, typos: typos(name, candidate) }))
        .reduce((best, next) => (next.typos < best.typos ? next : best));
      return nearest.typos <= MAX_TYPOS
        ? [`${name} is not a variable of Parley; did you mean ${nearest.candidate}?`]
        : [];
    });
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
