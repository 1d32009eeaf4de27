import { table } from '#testing';
import { type Verdict } from '../report/verdict.js';
import { cpuRatio, ratioToOther, type TurnComparison, type TurnFigures } from './turn-figures.js';

const mostCpuRatio = 3;
const mostCpuMs = 1;
const mostAddedMs = 2;
/** The difference between two runs of the same build. */
const mostRatioToOther = 1.05;

/** Formats the figures as a table, with the ratios of Parley's figures to those of each other server. */
export function turnTable(comparisons: readonly TurnComparison[]): string {
  const heading = ['mock', 'clients', 'server', 'turns/s', 'CPU ms/turn', 'p50 ms', 'p99 ms', 'added p50 ms'];
  return table([heading, ...comparisons.flatMap(linesOf)], 3);
}

function linesOf(comparison: TurnComparison): string[][] {
  const { mockMs, concurrency, parley, bare, other, directMs } = comparison;
  const line = (name: string, figures: TurnFigures) => [
    name,
    figures.turnsPerSecond.toFixed(0),
    figures.cpuMsPerTurn.toFixed(3),
    figures.p50Ms.toFixed(2),
    figures.p99Ms.toFixed(2),
    concurrency === 1 ? (figures.p50Ms - directMs).toFixed(2) : '',
  ];
  const ratioTo = (than: TurnFigures) => {
    const ratio = (of: (figures: TurnFigures) => number) => `×${(of(parley) / of(than)).toFixed(2)}`;
    return [
      'ratio',
      ratio((figures) => figures.turnsPerSecond),
      ratio((figures) => figures.cpuMsPerTurn),
      ratio((figures) => figures.p50Ms),
      ratio((figures) => figures.p99Ms),
    ];
  };
  return [
    [`${mockMs} ms`, String(concurrency), ...line('Parley', parley)],
    ['', '', ...line('bare', bare)],
    ['', '', ...ratioTo(bare)],
    ...(other
      ? [
          ['', '', ...line('other', other)],
          ['', '', ...ratioTo(other)],
        ]
      : []),
  ];
}

/** Compares each target with the worst cell. */
export function turnVerdicts(comparisons: readonly TurnComparison[]): Verdict[] {
  const alone = comparisons.filter(({ concurrency }) => concurrency === 1);
  const added = ({ parley, directMs }: TurnComparison) => parley.p50Ms - directMs;
  const cpu = ({ parley }: TurnComparison) => parley.cpuMsPerTurn;
  const [ratioCell, cpuCell, addedCell] = [
    worst(comparisons, cpuRatio),
    worst(comparisons, cpu),
    worst(alone, added),
  ];
  return [
    {
      target: `CPU per turn at most ${mostCpuRatio}× the bare server's`,
      isMet: cpuRatio(ratioCell) <= mostCpuRatio,
      measured: `${cpuRatio(ratioCell).toFixed(2)}× ${where(ratioCell)}`,
    },
    {
      target: `CPU per turn at most ${mostCpuMs.toFixed(1)} ms`,
      isMet: cpu(cpuCell) <= mostCpuMs,
      measured: `${cpu(cpuCell).toFixed(3)} ms ${where(cpuCell)}; bare ${cpuCell.bare.cpuMsPerTurn.toFixed(3)} ms`,
    },
    {
      target: `p50 latency added at concurrency 1 under ${mostAddedMs} ms`,
      isMet: added(addedCell) < mostAddedMs,
      measured: `${added(addedCell).toFixed(2)} ms ${where(addedCell)}; bare ${(addedCell.bare.p50Ms - addedCell.directMs).toFixed(2)} ms`,
    },
    ...verdictsAgainstOther(comparisons),
  ];
}

function verdictsAgainstOther(comparisons: readonly TurnComparison[]): Verdict[] {
  const cpu = ratioToOther(comparisons, ({ cpuMsPerTurn }) => cpuMsPerTurn);
  const p50 = ratioToOther(comparisons, ({ p50Ms }) => p50Ms);
  if (cpu === undefined || p50 === undefined) return [];
  return [
    {
      target: `No slower than the other checkout (CPU and p50 at most ${mostRatioToOther.toFixed(2)}× of it)`,
      isMet: Math.max(cpu, p50) <= mostRatioToOther,
      measured: `CPU ${cpu.toFixed(2)}×, p50 ${p50.toFixed(2)}× in the geometric mean of all cells`,
    },
  ];
}

function worst(comparisons: readonly TurnComparison[], of: (one: TurnComparison) => number): TurnComparison {
  return comparisons.reduce((worse, one) => (of(one) > of(worse) ? one : worse));
}

function where({ mockMs, concurrency }: TurnComparison): string {
  return `at worst (${concurrency} at once, ${mockMs} ms mock)`;
}
