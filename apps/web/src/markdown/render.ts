import { type Token } from 'marked';
import { clean } from './clean';
import { withHead } from './code-block';
import { htmlOf } from './parse';

/** An element that shows a token: code with its head, tables in a frame that can be scrolled. */
export function render(token: Token): HTMLElement {
  const element = document.createElement('div');
  element.className = 'block';
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
