import { type MeasuredServer } from '../measured-server.js';

/** An attack on the whole server, by a caller with one key or no key, or by an LLM server. */
export interface Attack {
  name: string;
  /** Environment variables of the server. */
  environment?: Record<string, string>;
  /** Runs before the measurement. */
  prepare?: (server: MeasuredServer, isLong: boolean) => Promise<void>;
  /**
   * Runs the attack.
   * @param isLong use the sizes and counts of docs/security.md
   * @returns a summary of the responses, for the table
   */
  run: (server: MeasuredServer, isLong: boolean) => Promise<string>;
  /** The pattern that the summary must match. */
  responses: RegExp;
}

/** Counts the outcomes: `200×3, 429×7`. */
export function counted(outcomes: readonly (number | string)[]): string {
  const counts = new Map<number | string, number>();
  for (const outcome of outcomes) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return [...counts].map(([outcome, count]) => (count === 1 ? outcome : `${outcome}×${count}`)).join(', ');
}

/** Calls `make` with 0 to `count` − 1, `atOnce` concurrently. @returns the outcomes in this order */
export async function manyAtOnce<T>(
  count: number,
  atOnce: number,
  make: (at: number) => Promise<T>,
): Promise<T[]> {
  const outcomes: T[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let at = next++; at < count; at = next++) outcomes[at] = await make(at);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return outcomes;
}
