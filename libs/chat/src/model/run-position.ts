/** A position in the text of a run. */
export interface RunPosition {
  attempt: number;
  /** UTF-16 code units from the beginning of the attempt's text. */
  offset: number;
  /** Whether the event that ends the message has been sent, too. */
  isDone?: boolean;
}

/** The event id of a position: `ATTEMPT.OFFSET`, as in `1.17`, or `ATTEMPT.OFFSET.done`. */
export function formatPosition({ attempt, offset, isDone = false }: RunPosition): string {
  return `${attempt}.${offset}${isDone ? '.done' : ''}`;
}

/** The position of `run.started`, the first event. */
export const startedPosition: RunPosition = { attempt: 0, offset: 0 };
/** The position of `message.created`, the second event. */
export const createdPosition: RunPosition = { attempt: 0, offset: 1 };

/** The position after `run.finished`, the last event. */
export const endOfRun = 'end';

/** Parses an event id. Undefined if it is not a valid one. */
export function parsePosition(id: string): RunPosition | typeof endOfRun | undefined {
  const match = /^(\d{1,6})\.(\d{1,9})(?:\.(done|end))?$/.exec(id);
  if (match === null) return undefined;
  const [, attempt, offset, after] = match;
  if (after === 'end') return endOfRun;
  return { attempt: Number(attempt), offset: Number(offset), isDone: after === 'done' };
}
