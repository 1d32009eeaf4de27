import { type Outcome } from './row.js';

const columns = [44, 7, 9, 16, 44, 34, 8] as const;

/** The matrix for people: a line for each row, a heading for each fault. */
export function table(outcomes: readonly Outcome[]): string {
  const lines = outcomes.map(({ row, got, llmSaw, ms, wrong }) => {
    const cells = [row.fault.name, row.place, row.caller, row.others, got, llmSaw, `${Math.round(ms)} ms`];
    const verdict = wrong.length === 0 ? 'ok' : `WRONG: ${wrong.join('; ')}`;
    return [
      ...cells.map((cell, column) => cell.slice(0, columns[column]).padEnd(columns[column]!)),
      verdict,
    ].join(' ');
  });
  const heading = ['fault', 'place', 'caller', 'also alive', 'the caller got', 'the LLMs saw', 'took'];
  return [heading.map((cell, column) => cell.padEnd(columns[column]!)).join(' '), ...lines].join('\n');
}
