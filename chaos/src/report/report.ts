import { table } from '#testing';
import { type Verdict } from '../checker/check.js';
import { type ChaosOptions } from '../options.js';
import { type Summary } from './summary.js';

/** How many findings of a rule the text report has; JSON has all. */
const shownFindings = 10;

/** The result of a run. */
export interface Result {
  seed: number;
  /** The command that repeats the run. */
  replay: string;
  summary: Summary;
  verdicts: Verdict[];
  /** The folder with the logs, if a rule was violated. */
  logs: string | undefined;
}

/** How many violations were found. */
export function findingsIn(verdicts: readonly Verdict[]): number {
  return verdicts.reduce((sum, { findings }) => sum + findings.length, 0);
}

/** The command that repeats a run with these options. */
export function replayCommand({ mode, seed, faults, clients, isShort }: ChaosOptions): string {
  const what = mode === 'storm' ? `--faults ${faults}` : `--${mode}`;
  return `npm run chaos -- ${isShort ? '--short ' : ''}${what} --clients ${clients} --seed ${seed}`;
}

/** Formats a result as text. */
export function describeResult({ summary, verdicts, replay, logs }: Result): string {
  const { faults, tries, runs, seconds } = summary;
  const { recoveryMs } = summary;
  const happened = [
    recoveryMs === undefined
      ? `${total(faults)} faults in ${seconds} s (${list(faults)}; ${summary.missedFaults} without effect)`
      : `a failover in ${seconds} s; the last message failed ${recoveryMs} ms after the promotion of the standby`,
    `${summary.sends} messages, ${summary.acknowledged} acknowledged, in ${total(tries)} requests (${list(tries)})`,
    `${total(runs)} runs (${list(runs)}), ${summary.takeovers} taken over, ${summary.cancels} cancel requests`,
    `${summary.readers} readers, ${summary.readings} connections, ${summary.events} events, ${summary.restarts} restarts`,
    `${summary.auditedWrites} writes audited`,
  ];
  const rows = [
    ['must not exist', 'found'],
    ...verdicts.map(({ rule, findings }) => [rule, String(findings.length)]),
  ];
  const details = verdicts
    .filter(({ findings }) => findings.length > 0)
    .map(({ rule, findings }) => {
      const lines = findings.slice(0, shownFindings).map(({ about, what }) => `  ${about}: ${what}`);
      const more = findings.length - lines.length;
      return [`${rule}:`, ...lines, ...(more > 0 ? [`  … and ${more} more`] : [])].join('\n');
    });
  const end = [`Repeat: ${replay}`, ...(logs === undefined ? [] : [`Logs:   ${logs}`])].join('\n');
  return [happened.join('\n'), table(rows, 1), ...details, end].join('\n\n');
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function list(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
}
