/**
 * About how many characters of a plain text are in one element, which is laid out only when it is near the viewport.
 */
const pieceLength = 2_000;

/** Appends a plain text, divided into elements at line ends; it continues the text that was appended before. */
export function appendPlain(host: Element, text: string): void {
  let piece = host.lastElementChild;
  for (let rest = text; rest !== ''; piece = null) {
    if (piece === null) {
      piece = document.createElement('div');
      piece.className = 'plain-piece';
      host.append(piece);
    }
    const space = Math.max(0, pieceLength - (piece.textContent ?? '').length);
    const end = rest.indexOf('\n', space) + 1;
    piece.append(end === 0 ? rest : rest.slice(0, end));
    rest = end === 0 ? '' : rest.slice(end);
  }
}
