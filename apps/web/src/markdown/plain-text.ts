/** Approximate length of one element, in characters. The browser lays it out only when it is near the visible area. */
const pieceLength = 2_000;

/** Appends a plain text to an element, split at line ends. It continues the text that was appended before. */
export function appendPlain(host: Element, text: string): void {
  let piece = host.lastElementChild;
  for (let rest = text; rest !== ''; piece = null) {
    if (piece === null) {
      piece = document.createElement('div');
      piece.className = 'plain-piece';
      host.append(piece);
    }
    const end = pieceEnd(rest, (piece.textContent ?? '').length);
    piece.append(rest.slice(0, end));
    rest = rest.slice(end);
  }
}

/**
 * How many characters of a text belong to a piece that has `used` characters: up to the first line end after 2,000
 * characters; all of them if there is none.
 */
export function pieceEnd(text: string, used: number): number {
  const end = text.indexOf('\n', Math.max(0, pieceLength - used)) + 1;
  return end === 0 ? text.length : end;
}
