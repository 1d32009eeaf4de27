/** A file is not UTF-8. Its message continues "the file" and shows nothing of its content. */
export class EncodingError extends Error {
  override readonly name = 'EncodingError';
}

const remedy = 'save it as UTF-8';

/**
 * The text of a configuration file, which must be UTF-8; a byte order mark at its start is left out.
 * @throws EncodingError that names UTF-16, or the first line with bytes that are not UTF-8
 */
export function decodeText(bytes: Buffer): string {
  // UTF-16 has a zero byte in each ASCII character; the text of a configuration has none.
  if (bytes.includes(0) || isUtf16Mark(bytes)) throw new EncodingError(`is UTF-16 or binary: ${remedy}`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new EncodingError(`has bytes on line ${firstInvalidLine(bytes)} that are not UTF-8: ${remedy}`);
  }
}

function isUtf16Mark([first, second]: Buffer): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

function firstInvalidLine(bytes: Buffer): number {
  // Replacing invalid bytes never changes a line end, as no multi-byte character of UTF-8 contains one.
  const lines = bytes.toString('latin1').split('\n');
  return 1 + lines.findIndex((line) => Buffer.from(line, 'latin1').toString('utf8').includes('\uFFFD'));
}
