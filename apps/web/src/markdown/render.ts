import { clean } from './clean';
import { withHead } from './code-block';
import { htmlOf } from './parse';
import { type BlockToken, isPlain } from './parsed';
import { appendPlain } from './plain-text';

/** An element that shows a block: code with its header, tables in a scrollable frame, plain text verbatim. */
export function render(token: BlockToken): HTMLElement {
  const element = document.createElement('div');
  element.className = 'block';
  if (isPlain(token)) {
    element.classList.add('plain');
    appendPlain(element, token.raw);
    return element;
  }
  element.append(clean(htmlOf([token])));
  for (const pre of element.querySelectorAll('pre')) {
    const place = document.createComment('');
    pre.replaceWith(place);
    place.replaceWith(withHead(pre));
  }
  for (const table of element.querySelectorAll('table')) {
    const frame = document.createElement('div');
    frame.className = 'table-frame';
    frame.tabIndex = 0;
    table.replaceWith(frame);
    frame.append(table);
  }
  return element;
}
