import { table } from '#testing';
import { type Verdict } from '../report/verdict.js';
import { type FrameFigures } from './measure-frames.js';

const mostMicrosPerFrame = 10;

/** Formats the figures as a table. */
export function frameTable(figures: readonly FrameFigures[]): string {
  const rows = figures.map(({ protocol, length, micros }) => [protocol, String(length), micros.toFixed(2)]);
  return table([['protocol', 'characters', 'CPU µs/frame'], ...rows], 1);
}

/** Compares the slowest protocol with the target. */
export function frameVerdicts(figures: readonly FrameFigures[]): Verdict[] {
  const slowest = figures.reduce((worst, one) => (one.micros > worst.micros ? one : worst));
  return [
    {
      target: `an ordinary delta decoded in at most ${mostMicrosPerFrame} µs`,
      isMet: slowest.micros <= mostMicrosPerFrame,
      measured: `${slowest.micros.toFixed(2)} µs (${slowest.protocol})`,
    },
  ];
}
