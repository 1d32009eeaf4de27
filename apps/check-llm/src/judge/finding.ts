/**
 * `works`: as expected. `note`: worth knowing. `differs`: the server deviates from its protocol or the configuration,
 * but Parley can handle it. `fails`: Parley cannot work with it.
 */
export type Verdict = 'works' | 'note' | 'differs' | 'fails';

/** The result of one check. */
export interface Finding {
  check: CheckName;
  verdict: Verdict;
  /** What happened, in one sentence. */
  says: string;
  /** What the operator can do about it. */
  advice?: string;
  /** Frames of the server as evidence. */
  frames?: readonly string[];
}

/** All checks, in the order of a report. */
export const checkNames = [
  'connect',
  'protocol',
  'greeting',
  'streamed answer',
  'plain answer',
  'content',
  'two at once',
  'connections',
  'shared connection',
  'history',
  'memory',
  'invalid frame',
  'after an error',
  'cancel',
  'ping',
  'idle',
] as const;

/** The name of a check. */
export type CheckName = (typeof checkNames)[number];

/** Formats milliseconds: `250 ms`, from 10 s on `12.3 s`. */
export function shownMs(ms: number): string {
  return ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** Formats a count: `1 frame`, `2 frames`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
