/** Approximate length of one element, in characters. The browser lays it out only when it is near the visible area. */
const pieceLength = 2_000;
/** Maximum length of a piece: the browser lays out a longer line for too long. */
const maxPieceLength = 10_000;

/** Appends a plain text to an element, split at line ends; very long lines are split as well. It continues the text that was appended before. */
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
 * characters, at most 10,000 in all.
 */
export function pieceEnd(text: string, used: number): number {
  const lineEnd = text.indexOf('\n', Math.max(0, pieceLength - used)) + 1;
  const most = Math.max(0, maxPieceLength - used);
  if (lineEnd > 0 && lineEnd <= most) return lineEnd;
  if (text.length <= most) return text.length;
  // A pair of surrogates is not divided.
  return /[\uD800-\uDBFF]/.test(text[most - 1] ?? '') ? most - 1 : most;
}
