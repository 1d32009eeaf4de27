import { withHeader } from './code-block';
import { htmlOf } from './parse';
import { type BlockToken, isPlain } from './parsed-document';
import { appendPlain } from './plain-text';
import { sanitize } from './sanitize';

/** An element that shows a block: code with its header, tables in a scrollable frame, plain text verbatim. */
export function renderBlock(token: BlockToken): HTMLElement {
  const element = document.createElement('div');
  element.className = 'block';
  if (isPlain(token)) {
    element.classList.add('plain');
    appendPlain(element, token.raw);
    return element;
  }
  element.append(sanitize(htmlOf([token])));
  for (const pre of element.querySelectorAll('pre')) {
    const placeholder = document.createComment('');
    pre.replaceWith(placeholder);
    placeholder.replaceWith(withHeader(pre));
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
