/**
 * Text from outside, fit to show and to store: NUL, which Postgres cannot hold, and lone surrogates, which UTF-8
 * cannot, become U+FFFD.
 */
export function storable(text: string): string {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed();
  return wellFormed.includes('\0') ? wellFormed.replaceAll('\0', '\uFFFD') : wellFormed;
}

/**
 * {@link storable} without control characters, which would act on a terminal or begin a line of their own in a log, and without
 * marks that change the direction of writing; each becomes a space.
 */
export function printable(text: string): string {
  return storable(text).replace(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, ' ');
}

/** {@link storable}, and no longer than `max` UTF-16 code units. */
export function storableUpTo(max: number, text: string): string {
  return storable(text.slice(0, max));
}

/** A JSON object with all its texts {@link storable}; undefined for one that is nested too deeply to be written. */
export function storableJson<T extends object>(value: T): T | undefined {
  let json: string;
  try {
    json = JSON.stringify(value);
  } catch {
    return undefined;
  }
  // JSON.stringify escapes NUL and lone surrogates, and only those in these ways; every escape is looked at in turn,
  // so that an escaped backslash before `u0000` stays what it is.
  if (!/\\u(0000|d[89a-f])/.test(json)) return value;
  return JSON.parse(
    json.replace(/\\(?:u[0-9a-f]{4}|.)/g, (escape) =>
      /^\\u(0000|d[89a-f])/.test(escape) ? '\ufffd' : escape,
    ),
  ) as T;
}
