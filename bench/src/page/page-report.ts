import { table } from '#testing';
import { type Verdict } from '../report/verdict.js';
import { type PageFigures } from './measure-page.js';

const longestTaskMs = 50;

/** Formats the figures as a table. */
export function pageTable(figures: readonly PageFigures[]): string {
  const rows = figures.map(({ kind, characters, seconds, longestCpu, longestWall, cpu }) => [
    kind,
    String(characters),
    seconds.toFixed(0),
    longestCpu.toFixed(1),
    longestWall.toFixed(1),
    `${((100 * cpu) / 1000 / seconds).toFixed(0)} %`,
  ]);
  return table(
    [['answer', 'characters', 'seconds', 'longest task, CPU ms', 'wall time ms', 'of a core'], ...rows],
    1,
  );
}

/** Compares the longest task with the target. */
export function pageVerdicts(figures: readonly PageFigures[]): Verdict[] {
  const worst = figures.reduce((longest, one) => (one.longestCpu > longest.longestCpu ? one : longest));
  return [
    {
      target: `no task of the page over ${longestTaskMs} ms`,
      isMet: worst.longestCpu <= longestTaskMs,
      measured: `${worst.longestCpu.toFixed(1)} ms of CPU (${worst.kind})`,
    },
  ];
}
