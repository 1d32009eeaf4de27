import { table } from '#testing';
import { type Verdict } from '../report/verdict.js';
import { type HistoryFigures } from './measure-history.js';

const mostPageMs = 10;
const mostSearchMs = 100;

/** Formats the figures as a table. */
export function historyTable(figures: readonly HistoryFigures[]): string {
  const rows = figures.map(({ kind, name, rows, firstMs, p50Ms }) => [
    kind,
    name,
    String(rows),
    firstMs.toFixed(2),
    p50Ms.toFixed(2),
  ]);
  return table([['page of 50', 'which', 'rows', 'first ms', 'p50 ms'], ...rows], 2);
}

/** The query plans of all pages. */
export function historyPlans(figures: readonly HistoryFigures[]): string {
  return figures.map(({ kind, name, plans }) => [`── ${kind}: ${name}`, ...plans].join('\n\n')).join('\n');
}

/** Compares the slowest page and the slowest search with their targets. */
export function historyVerdicts(figures: readonly HistoryFigures[]): Verdict[] {
  const isSearch = ({ kind }: HistoryFigures): boolean => kind === 'search';
  return [
    verdict(
      `a page in under ${mostPageMs} ms of database time`,
      mostPageMs,
      figures.filter((one) => !isSearch(one)),
    ),
    verdict(`a search in under ${mostSearchMs} ms of database time`, mostSearchMs, figures.filter(isSearch)),
  ];
}

function verdict(target: string, mostMs: number, figures: readonly HistoryFigures[]): Verdict {
  const slowest = figures.reduce((worst, one) => (one.p50Ms > worst.p50Ms ? one : worst));
  return {
    target,
    isMet: slowest.p50Ms < mostMs,
    measured: `${slowest.p50Ms.toFixed(2)} ms at worst (${slowest.kind}: ${slowest.name})`,
  };
}
