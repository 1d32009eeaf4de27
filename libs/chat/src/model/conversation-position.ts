import { validate } from 'uuid';
import { parsePosition, type RunPosition, type endOfRun } from './run-position.js';

/** A place in the runs of a conversation, which follow one another: a place in one of them, or its end. */
export interface ConversationPosition {
  runId: string;
  after: RunPosition | typeof endOfRun;
}

/** What precedes the ids of a run's events in the stream of its conversation: `RUN:1.17`. */
export function positionPrefix(runId: string): string {
  return `${runId}:`;
}

/** Reads an event id of a conversation's stream. Undefined if it is none of ours. */
export function parseConversationPosition(id: string): ConversationPosition | undefined {
  const [runId = '', position = '', ...more] = id.split(':');
  const after = parsePosition(position);
  return validate(runId) && after !== undefined && more.length === 0
    ? { runId: runId.toLowerCase(), after }
    : undefined;
}
