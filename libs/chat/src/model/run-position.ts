/** A place in the text of a run: characters (UTF-16 code units) into the text of an attempt. */
export interface RunPosition {
  attempt: number;
  offset: number;
  /** How the message ended has been told, too. */
  isDone?: boolean;
}

/** The event id that names a position: `1.17`, or `1.17.done`. */
export function formatPosition({ attempt, offset, isDone = false }: RunPosition): string {
  return `${attempt}.${offset}${isDone ? '.done' : ''}`;
}

/** The positions of the first two events, before any text. */
export const startedPosition: RunPosition = { attempt: 0, offset: 0 };
export const createdPosition: RunPosition = { attempt: 0, offset: 1 };

/** After everything: the position of `run.finished`. */
export const endOfRun = 'end';

/** Reads an event id. Undefined if it is none of ours. */
export function parsePosition(id: string): RunPosition | typeof endOfRun | undefined {
  const match = /^(\d{1,6})\.(\d{1,9})(?:\.(done|end))?$/.exec(id);
  if (match === null) return undefined;
  const [, attempt, offset, after] = match;
  if (after === 'end') return endOfRun;
  return { attempt: Number(attempt), offset: Number(offset), isDone: after === 'done' };
}
