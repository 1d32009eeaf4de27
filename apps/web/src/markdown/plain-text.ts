/** About how many characters of a plain text lie in one element, which is laid out only when it is near the screen. */
const pieceLength = 2_000;

/** Appends a text as it was written, cut into elements at line ends; what was appended before goes on without a break. */
export function appendPlain(host: Element, text: string): void {
  let piece = host.lastElementChild;
  for (let rest = text; rest !== ''; piece = null) {
    if (piece === null) {
      piece = document.createElement('div');
      piece.className = 'plain-piece';
      host.append(piece);
    }
    const room = Math.max(0, pieceLength - (piece.textContent ?? '').length);
    const end = rest.indexOf('\n', room) + 1;
    piece.append(end === 0 ? rest : rest.slice(0, end));
    rest = end === 0 ? '' : rest.slice(end);
  }
}
