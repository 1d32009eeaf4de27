import { type RunStatus } from './message.entity.js';

/** What can happen to a run. */
export type RunChange =
  /** Its turn has come. */
  | { type: 'begun' }
  | { type: 'completed' }
  /** No LLM gave a whole answer. */
  | { type: 'failed'; hasText: boolean }
  | { type: 'cancelled' }
  /** Its replica died, or let go of it; another one has claimed it. */
  | ({ type: 'claimed' } & Claim);

/** What is known of a run when it changes hands. */
export interface Claim {
  /** The generation that would begin now, from 1. */
  generation: number;
  /** Replicas that died while they generated it. */
  crashes: number;
  /** Somebody wants it cancelled. */
  isUnwanted: boolean;
  /** Its text may start over after some of it was shown. */
  mayRestart: boolean;
}

/** How often a run may take its replica along with it, or the other way round, and still be generated again. */
export const maxCrashes = 1;

/** How often an answer is begun at most: servers that stop one after the other cannot pass a run on for ever. */
export const maxGenerations = 10;

/** The statuses that nothing follows. */
export type FinalStatus = Exclude<RunStatus, 'queued' | 'in_progress'>;

export function isFinal(status: RunStatus): status is FinalStatus {
  return status !== 'queued' && status !== 'in_progress';
}

/**
 * The state machine of runs and of the messages they make: `queued → in_progress → completed | failed | cancelled |
 * incomplete`. Text that was shown is kept, so an answer that breaks off is `incomplete`, not `failed`.
 * @throws RangeError for what cannot happen in that state
 */
export function nextStatus(status: RunStatus, change: RunChange): RunStatus {
  if (isFinal(status)) throw new RangeError(`a run that is ${status} is over: it cannot be ${change.type}`);
  switch (change.type) {
    case 'begun':
      if (status === 'queued') return 'in_progress';
      throw new RangeError('a run begins once');
    case 'claimed':
      if (change.isUnwanted) return 'cancelled';
      return status === 'queued' || mayGenerate(change) ? status : 'incomplete';
    case 'cancelled':
      return 'cancelled';
    case 'failed':
      return change.hasText ? 'incomplete' : 'failed';
    case 'completed':
      if (status === 'in_progress') return 'completed';
      throw new RangeError('a run that has not begun has no answer');
  }
}

/** A replica that died may have shown more than was written down; one that hands a run over has shown nothing, or may. */
function mayGenerate({ generation, crashes, mayRestart }: Claim): boolean {
  return generation <= maxGenerations && crashes <= (mayRestart ? maxCrashes : 0);
}
