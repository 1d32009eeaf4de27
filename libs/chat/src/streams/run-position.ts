/** A place in the text of a run: characters (UTF-16 code units) into the text of an attempt. */
export interface RunPosition {
  attempt: number;
  offset: number;
}

/** The event id that names a position: `1.17`. */
export function formatPosition({ attempt, offset }: RunPosition): string {
  return `${attempt}.${offset}`;
}
