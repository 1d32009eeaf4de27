import { watched } from './standstill.js';

/** What is promised of Parley in numbers that depend on the machine, too. */
export interface Figure {
  /** With its unit. */
  name: string;
  value: number;
  /** The target. */
  most: number;
}

/** `npm run test:faults` holds figures to their targets. `npm test` has to pass on a busy machine, too, and holds nobody to a time. */
export const isMeasuring = process.env.FAULT_TABLE !== undefined;

/** So often is measured at most. */
const rounds = 3;
/** A figure that missed its target while the process stood still for longer, in ms, is measured again. */
const steadyMs = 20;

/**
 * Plays a scenario, which judges all but its figures itself. Prints these beside their targets, and throws when one is
 * missed, again and again if the machine cannot be trusted. Unless {@link isMeasuring}, it is played once and that is all.
 */
export async function measure(play: () => Promise<readonly Figure[]>): Promise<void> {
  for (let round = 1; ; round += 1) {
    const { result: figures, stoodStillMs } = await watched(play);
    if (!isMeasuring) return;
    for (const figure of figures) report(inWords(figure));
    const missed = figures.filter((figure) => !isMet(figure));
    if (missed.length === 0) return;
    const still = `the process stood still for ${Math.round(stoodStillMs)} ms`;
    if (stoodStillMs <= steadyMs || round === rounds) {
      throw new Error(`${missed.map(inWords).join('; ')}; ${still}`);
    }
    report(`${still}: measured again`);
  }
}

/** For people; specs run quietly otherwise. */
export function report(line: string): void {
  if (isMeasuring) process.stdout.write(`${line}\n`);
}

const isMet = ({ value, most }: Figure): boolean => value <= most;

function inWords(figure: Figure): string {
  const { name, value, most } = figure;
  const shown = Number.isInteger(value) ? String(value) : value.toFixed(2);
  return `${isMet(figure) ? 'ok    ' : 'MISSED'} ${name}: ${shown}, at most ${most}`;
}
