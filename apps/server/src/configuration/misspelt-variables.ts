import { nearestName } from './nearest-name.js';

/** Prefixes of names that are ours, as far as one can tell; `API_` and the like belong to everybody. */
const PREFIXES = ['AUTH_', 'DATABASE_', 'DATA_', 'DRAIN_', 'HISTORY_', 'LLM_', 'LOG_'];

/**
 * One line for each variable that looks like a misspelt one of ours. Never shows a value.
 *
 * @param inUse names that somebody chose and uses, however much they look like ours
 */
export function misspeltVariables(
  names: readonly string[],
  known: readonly string[],
  inUse: ReadonlySet<string> = new Set(),
): string[] {
  return names
    .filter((name) => !known.includes(name) && PREFIXES.some((prefix) => name.startsWith(prefix)))
    .filter((name) => !inUse.has(name))
    .flatMap((name) => {
      const nearest = nearestName(name, known);
      return nearest === undefined ? [] : [`${name} is not a variable of Parley; did you mean ${nearest}?`];
    });
}
