import { catalogue } from './fault.js';
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

/** How many rows there are, how many of them are wrong, and how many faults of the catalogue have only rows that are right. */
export function summary(outcomes: readonly Outcome[]): string {
  const wrong = outcomes.filter((outcome) => outcome.wrong.length > 0);
  const passed = catalogue.filter((name) => {
    const rows = outcomes.filter(({ row }) => row.fault.catalogue === name);
    return rows.length > 0 && rows.every((outcome) => outcome.wrong.length === 0);
  });
  return (
    `${outcomes.length} rows, ${wrong.length} wrong; ` +
    `${passed.length} of the ${catalogue.length} faults of the FailoverBench catalogue passed`
  );
}
