/**
 * Creates a UUIDv7 (RFC 9562, section 5.7): 48 bits of milliseconds, the rest random. Unlike `crypto.randomUUID` it also
 * works in pages served over plain HTTP.
 * @param now milliseconds since 1970
 * @param random fills an array with random bytes
 */
export function newId(
  now = Date.now(),
  random = (bytes: Uint8Array<ArrayBuffer>): void => void crypto.getRandomValues(bytes),
): string {
  const bytes = new Uint8Array(16);
  random(bytes);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, Math.floor(now / 2 ** 32));
  view.setUint32(2, now % 2 ** 32);
  view.setUint8(6, (view.getUint8(6) & 0x0f) | 0x70);
  view.setUint8(8, (view.getUint8(8) & 0x3f) | 0x80);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
