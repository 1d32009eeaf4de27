/**
 * Text from outside, fit to show and to store: NUL, which Postgres cannot hold, and lone surrogates, which UTF-8
 * cannot, become U+FFFD.
 */
export function storable(text: string): string {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed();
  return wellFormed.includes('\0') ? wellFormed.replaceAll('\0', '\uFFFD') : wellFormed;
}

/** {@link storable}, and no longer than `max` UTF-16 code units. */
export function storableUpTo(max: number, text: string): string {
  return storable(text.slice(0, max));
}
