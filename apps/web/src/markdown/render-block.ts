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
    element.dir = 'auto';
    appendPlain(element, token.raw);
    return element;
  }
  element.append(sanitize(htmlOf([token])));
  removeBlankLines(element);
  // Each block has the direction of its first letter. Blocks in others follow them, except for nested lists.
  for (const part of element.querySelectorAll<HTMLElement>('p, h3, ul, ol, blockquote, table')) {
    if (part.parentElement === element || part.matches('li > :is(ul, ol), blockquote > *')) part.dir = 'auto';
  }
  for (const pre of element.querySelectorAll('pre')) {
    const placeholder = document.createComment('');
    pre.replaceWith(placeholder);
    placeholder.replaceWith(withHeader(pre));
  }
  for (const table of element.querySelectorAll('table')) {
    const frame = document.createElement('div');
    frame.className = 'table-frame';
    frame.tabIndex = 0;
    frame.dir = 'auto';
    table.replaceWith(frame);
    frame.append(table);
  }
  return element;
}

/** Removes the line ends that marked writes between blocks: a block that has grown has none where rows were appended. */
function removeBlankLines(element: HTMLElement): void {
  const containers = element.querySelectorAll('ul, ol, li, blockquote, table, thead, tbody, tr');
  for (const container of [element, ...containers]) {
    for (const node of [...container.childNodes]) {
      if (node instanceof Text && node.data.includes('\n') && node.data.trim() === '') node.remove();
    }
  }
}
