import { nearestName } from './nearest-name.js';

/** Prefixes of Parley's variables. Common ones such as `API_` are not included, as other programs use them. */
const PREFIXES = ['AUTH_', 'DATABASE_', 'DATA_', 'DRAIN_', 'HISTORY_', 'LLM_', 'LOG_'];

/**
 * One line for each variable that looks like a misspelled variable of Parley. Never shows a value.
 * @param inUse names that the LLM file refers to, which are never reported
 */
export function misspelledVariables(
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
