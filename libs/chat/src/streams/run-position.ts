/** A place in the text of a run: characters (UTF-16 code units) into the text of an attempt. */
export interface RunPosition {
  attempt: number;
  offset: number;
}

/** The event id that names a position: `1.17`. */
export function formatPosition({ attempt, offset }: RunPosition): string {
  return `${attempt}.${offset}`;
}

/** After everything: the position of `run.finished`. */
export const theEnd = 'end';

/** Reads an event id. Undefined if it is none of ours. */
export function parsePosition(id: string): RunPosition | typeof theEnd | undefined {
  const match = /^(\d{1,6})\.(\d{1,9})(\.end)?$/.exec(id);
  if (match === null) return undefined;
  return match[3] === undefined ? { attempt: Number(match[1]), offset: Number(match[2]) } : theEnd;
}
