/**
 * The texts in which a secret may reappear, beside those that `symbols.ts` makes equal (escapes of URLs, JSON,
 * JavaScript and HTML, and upper and lower case): the secret itself, base64 of it in both alphabets and at every
 * alignment, so that it is found within base64 of a longer text, and hexadecimal.
 */
export function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const base64 = [0, 1, 2].flatMap((shift) => base64At(bytes, shift));
  const urlSafe = base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'));
  return [
    // In `application/x-www-form-urlencoded` a plus stands for a space.
    ...new Set([secret, secret.replaceAll(' ', '+'), ...base64, ...urlSafe, bytes.toString('hex')]),
  ];
}

/** The credentials of an address, as text and as they are sent: RFC 7617. */
export function basicCredentials(username: string, password: string): string[] {
  const pair = `${username}:${password}`;
  return [pair, Buffer.from(pair).toString('base64').replaceAll('=', '')];
}

/**
 * The characters of base64 (RFC 4648) that depend on the bytes alone when `shift` other bytes precede them: without the last
 * one if it also depends on what follows, and with it as it is at the end of a text.
 */
function base64At(bytes: Buffer, shift: number): string[] {
  const text = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString('base64')
    .replaceAll('=', '');
  const first = Math.ceil((shift * 8) / 6);
  const whole = Math.floor(((shift + bytes.length) * 8) / 6);
  return [text.slice(first, whole), text.slice(first)];
}
