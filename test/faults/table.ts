import { catalog } from './fault.js';
import { type Outcome } from './row.js';

const columns = [44, 7, 9, 16, 44, 34, 8] as const;

/** The matrix as a text table with one line per row. */
export function table(outcomes: readonly Outcome[]): string {
  const lines = outcomes.map(({ row, received, llmRequests, ms, wrong }) => {
    const cells = [
      row.fault.name,
      row.timing,
      row.caller,
      row.alternative,
      received,
      llmRequests,
      `${Math.round(ms)} ms`,
    ];
    const verdict = wrong.length === 0 ? 'ok' : `WRONG: ${wrong.join('; ')}`;
    return [
      ...cells.map((cell, column) => cell.slice(0, columns[column]).padEnd(columns[column]!)),
      verdict,
    ].join(' ');
  });
  const heading = ['fault', 'timing', 'caller', 'alternative', 'received', 'LLM requests', 'took'];
  return [heading.map((cell, column) => cell.padEnd(columns[column]!)).join(' '), ...lines].join('\n');
}

/** The number of rows, of failed rows, and of catalog faults whose rows all pass. */
export function summary(outcomes: readonly Outcome[]): string {
  const wrong = outcomes.filter((outcome) => outcome.wrong.length > 0);
  const passed = catalog.filter((name) => {
    const rows = outcomes.filter(({ row }) => row.fault.catalog === name);
    return rows.length > 0 && rows.every((outcome) => outcome.wrong.length === 0);
  });
  return (
    `${outcomes.length} rows, ${wrong.length} wrong; ` +
    `${passed.length} of the ${catalog.length} faults of the FailoverBench catalog passed`
  );
}
