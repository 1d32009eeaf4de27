import { validate } from 'uuid';
import { parsePosition, type RunPosition, type endOfRun } from './run-position.js';

/** A position in the event stream of a conversation: a position in one of its runs, or the end of that run. */
export interface ConversationPosition {
  runId: string;
  after: RunPosition | typeof endOfRun;
}

/** The prefix of a run's event ids in the event stream of its conversation: `RUN_ID:1.17`. */
export function positionPrefix(runId: string): string {
  return `${runId}:`;
}

/** Parses an event id of a conversation's stream. Undefined if it is not a valid one. */
export function parseConversationPosition(id: string): ConversationPosition | undefined {
  const [runId = '', position = '', ...more] = id.split(':');
  const after = parsePosition(position);
  return validate(runId) && after !== undefined && more.length === 0
    ? { runId: runId.toLowerCase(), after }
    : undefined;
}
