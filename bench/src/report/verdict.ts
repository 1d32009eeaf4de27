/** A target, and the worst measured figure for it. */
export interface Verdict {
  target: string;
  isMet: boolean;
  measured: string;
}

/** Formats a verdict as a line of text. */
export function verdictLine({ target, isMet, measured }: Verdict): string {
  return `${isMet ? 'met   ' : 'MISSED'}  ${target}: ${measured}`;
}
