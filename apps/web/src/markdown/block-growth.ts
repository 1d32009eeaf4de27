import { languageOf } from './code-block';
import { type BlockToken, isCode, isList, isPlain, isTable } from './parsed-document';
import { haveSameTag, patchElement } from './patch-element';
import { appendPlain } from './plain-text';

/** A block of a document, and the element that shows it. */
export interface Block {
  token: BlockToken;
  element: HTMLElement;
}

/** Items or rows of one step of {@link growthSteps}: a few milliseconds of rendering. */
const rowsAtOnce = 40;

/**
 * The steps of a block from one token to the next: a long list or table gets a few items or rows at a time, so that no
 * step takes long. The last step is the next token itself.
 */
export function* growthSteps(from: BlockToken | undefined, to: BlockToken): Generator<BlockToken> {
  const grows = from?.type === to.type && to.raw.startsWith(from.raw);
  const known = grows ? rowsOf(from).length : 0;
  const prefix = grows ? from.raw.length : 0;
  for (let count = known + rowsAtOnce; count < rowsOf(to).length; count += rowsAtOnce) {
    const raw = to.raw.slice(0, prefix + count - known);
    if (isList(to)) yield { ...to, raw, items: to.items.slice(0, count) };
    else if (isTable(to)) yield { ...to, raw, rows: to.rows.slice(0, count) };
  }
  yield to;
}

/**
 * Updates a block whose text has grown without rendering it again: appends text to code, items to a list, rows to a table.
 * @param render creates an element for a part of a token
 * @returns false if the block has to be rendered again; nothing has changed then
 */
export function growBlock(block: Block, token: BlockToken, render: (token: BlockToken) => Element): boolean {
  const old = block.token;
  if (old.type !== token.type || !token.raw.startsWith(old.raw)) return false;
  if (!growPlain(block, old, token) && !growCode(block, old, token) && !growRows(block, old, token, render)) {
    return false;
  }
  block.token = token;
  return true;
}

function growPlain({ element }: Block, old: BlockToken, token: BlockToken): boolean {
  if (!isPlain(old) || !isPlain(token)) return false;
  appendPlain(element, token.raw.slice(old.raw.length));
  return true;
}

function growCode({ element }: Block, old: BlockToken, token: BlockToken): boolean {
  if (!isCode(old) || !isCode(token) || old.lang !== token.lang) return false;
  const code = element.querySelector('pre > code');
  const text = code?.firstChild;
  if (!(text instanceof Text) || code?.childNodes.length !== 1) return false;
  const known = text.data.replace(/\n$/, '');
  const newText = `${token.text.replace(/\n$/, '')}\n`;
  if (!newText.startsWith(known) || languageOf(code) !== (token.lang ?? '').split(/\s/, 1)[0]) return false;
  text.replaceData(known.length, text.length - known.length, newText.slice(known.length));
  return true;
}

function growRows(
  { element }: Block,
  old: BlockToken,
  token: BlockToken,
  render: (token: BlockToken) => Element,
): boolean {
  const rows = rowsOf(old);
  const [last] = rows.slice(-1);
  const part = partOf(old, token, rows.length - 1);
  const container = element.querySelector('tbody, ul, ol');
  if (last === undefined || part === undefined || container?.children.length !== rows.length) return false;
  const [first, ...more] = render(part).querySelector('tbody, ul, ol')?.children ?? [];
  const lastElement = container.lastElementChild;
  if (first === undefined || lastElement === null) return false;
  if (haveSameTag(lastElement, first)) patchElement(lastElement, first);
  else lastElement.replaceWith(first);
  container.append(...more);
  return true;
}

function rowsOf(token: BlockToken): readonly unknown[] {
  if (isList(token)) return token.items;
  return isTable(token) ? token.rows : [];
}

/** The part of a token that starts with the item or row at that index; undefined if earlier items look different now. */
function partOf(old: BlockToken, token: BlockToken, from: number): BlockToken | undefined {
  if (isTable(token)) return { ...token, rows: token.rows.slice(from) };
  if (!isList(token) || !isList(old) || old.loose !== token.loose) return undefined;
  return { ...token, items: token.items.slice(from) };
}
