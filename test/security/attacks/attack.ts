import { type MeasuredServer } from '../measured-server.js';

/** One attack on the whole server, by a caller with one key or without a key, or by an LLM server. */
export interface Attack {
  name: string;
  /** Environment variables of the server that it needs. */
  environment?: Record<string, string>;
  /** Runs before the measurement. */
  prepare?: (server: MeasuredServer, isLong: boolean) => Promise<void>;
  /**
   * Attacks. @param isLong with the sizes and counts of docs/security.md @returns the responses it got, for the table
   */
  play: (server: MeasuredServer, isLong: boolean) => Promise<string>;
  /** What the responses have to match. */
  answers: RegExp;
}

/** `200×3, 429×7`: how often each came. */
export function counted(outcomes: readonly (number | string)[]): string {
  const counts = new Map<number | string, number>();
  for (const outcome of outcomes) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return [...counts].map(([outcome, count]) => (count === 1 ? outcome : `${outcome}×${count}`)).join(', ');
}

/** Calls `make` with 0 to `count` − 1, `atOnce` at a time; the outcomes in the order of their starts. */
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
