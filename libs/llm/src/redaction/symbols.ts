/**
 * Decodes text into symbols for the comparison with secrets. A symbol is one UTF-16 code unit with common escapes decoded: `c`,
 * `%63`, `%2563`, `\u0063`, `\x63`, `&#99;` and `&#x63;` are all the symbol `c`. A pattern therefore needs no variants.
 */

/** Returned by {@link symbolAt} if it needs more text. */
export const pending = -1;

/** The code unit of `%`, which may begin an escape. */
export const percent = 0x25;
/** The code unit of `&`, which may begin an escape. */
export const ampersand = 0x26;
/** The code unit of a backslash, which may begin an escape. */
export const backslash = 0x5c;

/** The maximum nesting of percent-encoding: `%252563` is `c`. */
const maxPercentLevels = 3;
const maxBackslashes = 8;

/** There is no escape. */
const none = -2;

/**
 * The symbol that begins at a position: its code unit in the low 16 bits, its length in characters in the bits above.
 * {@link pending} if the text ends within a possible escape and more may follow.
 * @param isEnd whether no more text follows
 */
export function symbolAt(text: string, at: number, isEnd: boolean): number {
  const code = text.charCodeAt(at);
  switch (code) {
    case percent:
      return percentAt(text, at, isEnd);
    case backslash:
      return backslashAt(text, at, isEnd);
    case ampersand:
      return entityAt(text, at, isEnd);
    default:
      return packed(code, 1);
  }
}

/** The symbols of a complete text, in lower case. */
export function symbolsOf(text: string): number[] {
  const symbols: number[] = [];
  for (let at = 0; at < text.length;) {
    const symbol = symbolAt(text, at, true);
    symbols.push(lowerCase(symbol & 0xffff));
    at += symbol >>> 16;
  }
  return symbols;
}

/** Converts an ASCII capital to lower case. Other letters are kept: secrets in headers and URLs are encoded as ASCII. */
export function lowerCase(code: number): number {
  return code >= 0x41 && code <= 0x5a ? code + 0x20 : code;
}

function packed(code: number, length: number): number {
  return code | (length << 16);
}

/** Percent-encoding (RFC 3986, section 2.1) of UTF-8, also applied several times. */
function percentAt(text: string, at: number, isEnd: boolean): number {
  const lead = percentByteAt(text, at, isEnd);
  if (lead === pending) return pending;
  if (lead === none) return packed(percent, 1);
  const byte = lead & 0xffff;
  const length = lead >>> 16;
  const more = byte >= 0xe0 && byte <= 0xef ? 2 : byte >= 0xc2 && byte <= 0xdf ? 1 : 0;
  if (more === 0) return lead;
  let code = byte & (more === 2 ? 0x0f : 0x1f);
  let end = at + length;
  for (let index = 0; index < more; index += 1) {
    if (end === text.length && !isEnd) return pending;
    const next = text.charCodeAt(end) === percent ? percentByteAt(text, end, isEnd) : none;
    if (next === pending) return pending;
    const part = next & 0xffff;
    if (next === none || part < 0x80 || part > 0xbf) return lead;
    code = (code << 6) | (part & 0x3f);
    end += next >>> 16;
  }
  return packed(code, end - at);
}

/** One encoded byte; `none` if there is none. */
function percentByteAt(text: string, at: number, isEnd: boolean): number {
  let digits = at + 1;
  let byte = hexAt(text, digits, 2, isEnd);
  for (let level = 1; byte === percent && level < maxPercentLevels; level += 1) {
    const inner = hexAt(text, digits + 2, 2, isEnd);
    if (inner === pending) return pending;
    if (inner === none) break;
    digits += 2;
    byte = inner;
  }
  return byte < 0 ? byte : packed(byte, digits + 2 - at);
}

/** Escapes of JSON and JavaScript; text that was escaped several times has several backslashes. */
function backslashAt(text: string, at: number, isEnd: boolean): number {
  let end = at;
  while (end - at < maxBackslashes && text.charCodeAt(end) === backslash) end += 1;
  if (end === text.length && !isEnd) return pending;
  const kind = text.charAt(end);
  if (kind === 'u' || kind === 'x') {
    const count = kind === 'u' ? 4 : 2;
    const code = hexAt(text, end + 1, count, isEnd);
    if (code === pending) return pending;
    if (code >= 0) return packed(code, end + 1 + count - at);
  }
  if (kind === '"' || kind === '/' || kind === "'") return packed(kind.charCodeAt(0), end + 1 - at);
  return packed(backslash, end - at);
}

const entity = /^&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(amp|lt|gt|quot|apos));/i;
const entityPrefix = /^&(?:#\d{0,7}|#x[0-9a-f]{0,6}|[a-z]{0,4})$/i;
const namedEntities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Character references of HTML and XML. */
function entityAt(text: string, at: number, isEnd: boolean): number {
  const slice = text.slice(at, at + 10);
  const found = entity.exec(slice);
  if (found === null) {
    return !isEnd && at + slice.length === text.length && entityPrefix.test(slice)
      ? pending
      : packed(ampersand, 1);
  }
  const [whole, decimal, hex, name] = found;
  const code =
    name === undefined
      ? Number.parseInt(decimal ?? hex!, decimal === undefined ? 16 : 10)
      : namedEntities[name.toLowerCase()]!.charCodeAt(0);
  return packed(code > 0xffff ? 0xfffd : code, whole.length);
}

/** The value of `count` hexadecimal digits; `pending` if more text is needed, `none` for other characters. */
function hexAt(text: string, at: number, count: number, isEnd: boolean): number {
  let value = 0;
  for (let index = at; index < at + count; index += 1) {
    if (index >= text.length) return isEnd ? none : pending;
    const digit = hexDigit(text.charCodeAt(index));
    if (digit < 0) return none;
    value = value * 16 + digit;
  }
  return value;
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
