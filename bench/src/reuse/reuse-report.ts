import { table } from '#testing';
import { type ReuseFigures } from './measure-reuse.js';

/** Every figure, also relative to that of `always`, which has no quiet periods. */
export function reuseTable(figures: readonly ReuseFigures[]): string {
  const always = figures.find(({ name }) => name === 'always')!;
  const rows = figures.map(({ name, firstMs, alone, perSecond, connections }) => [
    name,
    firstMs.toFixed(0),
    alone.p50.toFixed(1),
    alone.p99.toFixed(1),
    `${(alone.p50 / always.alone.p50).toFixed(2)} ×`,
    perSecond.toFixed(0),
    `${(perSecond / always.perSecond).toFixed(2)} ×`,
    String(connections),
  ]);
  const heading = ['reuse', 'first ms', 'p50 ms', 'p99 ms', 'p50', '16 callers/s', '/s', 'connections'];
  return table([heading, ...rows], 1);
}
