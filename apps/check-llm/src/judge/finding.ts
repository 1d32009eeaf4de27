/**
 * `works`: as it should. `note`: worth knowing. `differs`: the server does something else than its protocol, or what is
 * configured, says; Parley gets along. `fails`: Parley cannot work with that.
 */
export type Verdict = 'works' | 'note' | 'differs' | 'fails';

/** What one look at the server came to. */
export interface Finding {
  check: CheckName;
  verdict: Verdict;
  /** What happened, in one sentence. */
  says: string;
  /** What to do about it. */
  advice?: string;
  /** Frames of the server that show it. */
  frames?: readonly string[];
}

/** In the order of a report. */
export const checkNames = [
  'connect',
  'protocol',
  'greeting',
  'streamed answer',
  'plain answer',
  'two at once',
  'connections',
  'shared connection',
  'memory',
  'invalid frame',
  'after an error',
  'cancel',
  'ping',
  'idle',
] as const;

export type CheckName = (typeof checkNames)[number];

/** Milliseconds as people read them. */
export function shownMs(ms: number): string {
  return ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** `1 frame`, `2 frames`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
