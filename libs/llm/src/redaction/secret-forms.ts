/**
 * The texts in which a secret may reappear: itself, hexadecimal, and base64 in both alphabets and at every alignment, so that it
 * is found within the base64 of a longer text. Escapes and letter case are handled by `symbols.ts`.
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

/** The credentials of an address as `user:password`, and as `Authorization: Basic` sends them (RFC 7617). */
export function basicCredentials(username: string, password: string): string[] {
  const pair = `${username}:${password}`;
  return [pair, Buffer.from(pair).toString('base64').replaceAll('=', '')];
}

/**
 * The base64 (RFC 4648) of bytes that follow `shift` other bytes, without characters that depend on those: first without a last
 * character that depends on the following bytes, then with the last character as at the end of a text.
 */
function base64At(bytes: Buffer, shift: number): string[] {
  const text = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString('base64')
    .replaceAll('=', '');
  const first = Math.ceil((shift * 8) / 6);
  const whole = Math.floor(((shift + bytes.length) * 8) / 6);
  return [text.slice(first, whole), text.slice(first)];
}
