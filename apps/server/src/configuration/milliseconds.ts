/** Times are given in seconds and kept in whole milliseconds. */
export function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000);
}
