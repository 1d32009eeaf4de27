/** A target and what was measured of it, at its worst. */
export interface Verdict {
  target: string;
  isMet: boolean;
  measured: string;
}

/** One line for people. */
export function verdictLine({ target, isMet, measured }: Verdict): string {
  return `${isMet ? 'met   ' : 'MISSED'}  ${target}: ${measured}`;
}
