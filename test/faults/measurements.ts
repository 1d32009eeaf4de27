import { withLateness } from './lateness.js';

/** A measured value with its target. The value depends on the machine too. */
export interface Measurement {
  /** Includes the unit. */
  name: string;
  value: number;
  /** The target: the maximum value. */
  max: number;
}

/** Whether targets are checked: in `npm run test:faults`, but not in `npm test`, which must pass on a busy machine. */
export const isMeasuring = process.env.FAULT_TABLE !== undefined;

/** The maximum number of measurements of a scenario. */
const rounds = 3;
/** If the event loop was blocked for longer than this, in ms, a missed target is measured again. */
const steadyMs = 20;

/**
 * Runs a scenario, prints its measurements with their targets, and repeats it if a target was missed while the process was
 * blocked. Without {@link isMeasuring}, runs the scenario once and ignores its measurements.
 * @throws Error naming the missed targets
 */
export async function measure(run: () => Promise<readonly Measurement[]>): Promise<void> {
  for (let round = 1; ; round += 1) {
    const { result: measurements, lateness } = await withLateness(run);
    if (!isMeasuring) return;
    for (const measurement of measurements) report(describeMeasurement(measurement));
    const missed = measurements.filter((measurement) => !isMet(measurement));
    if (missed.length === 0) return;
    const blocked = `the process was blocked for ${Math.round(lateness.maxMs)} ms`;
    if (lateness.maxMs <= steadyMs || round === rounds) {
      throw new Error(`${missed.map(describeMeasurement).join('; ')}; ${blocked}`);
    }
    report(`${blocked}: measured again`);
  }
}

/** Prints a line if {@link isMeasuring}. */
export function report(line: string): void {
  if (isMeasuring) process.stdout.write(`${line}\n`);
}

const isMet = ({ value, max }: Measurement): boolean => value <= max;

function describeMeasurement(measurement: Measurement): string {
  const { name, value, max } = measurement;
  const shown = Number.isInteger(value) ? String(value) : value.toFixed(2);
  return `${isMet(measurement) ? 'ok    ' : 'MISSED'} ${name}: ${shown}, at most ${max}`;
}
