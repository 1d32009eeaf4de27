import { type RunStatus } from './message.entity.js';

/** What can happen to a run. */
export type RunChange =
  /** The run was queued and is now the active run of its conversation. */
  | { type: 'begun' }
  | { type: 'completed' }
  /** No LLM gave a complete answer. */
  | { type: 'failed'; hasText: boolean }
  | { type: 'cancelled' }
  /** Its replica died or handed it over, and another one has claimed it. */
  | ({ type: 'claimed' } & Claim);

/** What is known about a run when a replica claims it. */
export interface Claim {
  /** The number of the generation that would begin now, from 1. */
  generation: number;
  /** How many replicas died while they generated it. */
  crashes: number;
  /** Whether its cancellation was requested. */
  isCancelRequested: boolean;
  /** Whether its text may start over after some of it was sent to readers. */
  mayRestart: boolean;
}

/** After how many crashes of its replica a run is still generated again: one that crashes its replica must not crash them all. */
export const maxCrashes = 1;

/** Most generations of a run, so that replicas that stop one after another cannot hand it over forever. */
export const maxGenerations = 10;

/** The statuses that a run never leaves. */
export type FinalStatus = Exclude<RunStatus, 'queued' | 'in_progress'>;

/** Whether a run with this status has ended. */
export function isFinal(status: RunStatus): status is FinalStatus {
  return status !== 'queued' && status !== 'in_progress';
}

/**
 * The state machine of runs and of the messages they generate: `queued → in_progress → completed | failed | cancelled |
 * incomplete`. Text that was sent to readers is kept, so an interrupted answer with text is `incomplete`, not `failed`.
 * @throws RangeError for a change that is impossible in this status
 */
export function nextStatus(status: RunStatus, change: RunChange): RunStatus {
  if (isFinal(status)) throw new RangeError(`a run that is ${status} has ended: it cannot be ${change.type}`);
  switch (change.type) {
    case 'begun':
      if (status === 'queued') return 'in_progress';
      throw new RangeError('a run begins once');
    case 'claimed':
      if (change.isCancelRequested) return 'cancelled';
      return status === 'queued' || mayGenerateAgain(change) ? status : 'incomplete';
    case 'cancelled':
      return 'cancelled';
    case 'failed':
      return change.hasText ? 'incomplete' : 'failed';
    case 'completed':
      if (status === 'in_progress') return 'completed';
      throw new RangeError('a run that has not begun has no answer');
  }
}

/** A replica that died may have sent text that was not stored; a replica hands a run over only if the text may start over. */
function mayGenerateAgain({ generation, crashes, mayRestart }: Claim): boolean {
  return generation <= maxGenerations && crashes <= (mayRestart ? maxCrashes : 0);
}
