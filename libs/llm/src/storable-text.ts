/**
 * Replaces characters that cannot be stored with U+FFFD: NUL, which PostgreSQL text cannot contain, and lone surrogates,
 * which UTF-8 cannot encode.
 */
export function storable(text: string): string {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed();
  return wellFormed.includes('\0') ? wellFormed.replaceAll('\0', '\uFFFD') : wellFormed;
}

/**
 * Like {@link storable}, but also replaces characters that could forge log lines or terminal output with a space: control
 * characters, line separators and marks of text direction.
 */
export function printable(text: string): string {
  return storable(text).replace(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, ' ');
}

/** Like {@link storable}, cut to at most `max` UTF-16 code units. */
export function storableUpTo(max: number, text: string): string {
  return storable(text.slice(0, max));
}

/** The JSON value with all its strings {@link storable}; undefined if it is nested too deeply for `JSON.stringify`. */
export function storableJson<T extends object>(value: T): T | undefined {
  let json: string;
  try {
    json = JSON.stringify(value);
  } catch {
    return undefined;
  }
  // JSON.stringify writes NUL and lone surrogates, and nothing else, as these escapes. Matching every escape in order keeps
  // an escaped backslash that is followed by `u0000`.
  if (!/\\u(0000|d[89a-f])/.test(json)) return value;
  return JSON.parse(
    json.replace(/\\(?:u[0-9a-f]{4}|.)/g, (escape) =>
      /^\\u(0000|d[89a-f])/.test(escape) ? '\ufffd' : escape,
    ),
  ) as T;
}
