import { type Token, type Tokens } from 'marked';
import { languageOf } from './code-block';
import { patch } from './patch';

/** A part of a text, and what is shown of it. */
export interface Block {
  token: Token;
  element: HTMLElement;
}

/**
 * Makes a block longer whose text got longer, where that is less work than rendering it: code gets more text, a list more
 * items, a table more rows. Returns false, and does nothing, where it is not.
 * @param render makes an element of part of a token
 */
export function grow(block: Block, token: Token, render: (token: Token) => Element): boolean {
  const old = block.token;
  if (old.type !== token.type || !token.raw.startsWith(old.raw)) return false;
  if (!growCode(block, old, token) && !growRows(block, old, token, render)) return false;
  block.token = token;
  return true;
}

function growCode({ element }: Block, old: Token, token: Token): boolean {
  if (!isCode(old) || !isCode(token) || old.lang !== token.lang) return false;
  const code = element.querySelector('pre > code');
  const text = code?.firstChild;
  if (!(text instanceof Text) || code?.childNodes.length !== 1) return false;
  const known = text.data.replace(/\n$/, '');
  const whole = `${token.text}\n`;
  if (!whole.startsWith(known) || languageOf(code) !== (token.lang ?? '').split(/\s/, 1)[0]) return false;
  text.replaceData(known.length, text.length - known.length, whole.slice(known.length));
  return true;
}

function growRows({ element }: Block, old: Token, token: Token, render: (token: Token) => Element): boolean {
  const rows = rowsOf(old);
  const [last] = rows.slice(-1);
  const part = partOf(old, token, rows.length - 1);
  const place = element.querySelector('tbody, ul, ol');
  if (last === undefined || part === undefined || place?.children.length !== rows.length) return false;
  const [first, ...more] = render(part).querySelector('tbody, ul, ol')?.children ?? [];
  if (first === undefined || place.lastElementChild === null) return false;
  patch(place.lastElementChild, first);
  place.append(...more);
  return true;
}

function rowsOf(token: Token): readonly unknown[] {
  if (isList(token)) return token.items;
  return isTable(token) ? token.rows : [];
}

/** The token from its item or row with that number on; undefined if what came before is not as it was. */
function partOf(old: Token, token: Token, from: number): Token | undefined {
  if (isTable(token)) return { ...token, rows: token.rows.slice(from) };
  if (!isList(token) || !isList(old) || old.loose !== token.loose) return undefined;
  return { ...token, items: token.items.slice(from) };
}

function isCode(token: Token): token is Tokens.Code {
  return token.type === 'code';
}

function isList(token: Token): token is Tokens.List {
  return token.type === 'list';
}

function isTable(token: Token): token is Tokens.Table {
  return token.type === 'table';
}
