import { type Token, type Tokens } from 'marked';

/** A block that is shown as plain text: its markup would take too long to lay out, or is nested too deeply. */
export interface PlainBlock {
  type: 'plain';
  raw: string;
}

/** A block of a document as it is rendered. */
export type BlockToken = Token | PlainBlock;

/** The worker's result for a text: its blocks in order, and whether it defines links (`[name]: https://…`). */
export interface ParsedDocument {
  blocks: BlockToken[];
  hasLinks: boolean;
}

/** Maximum number of tokens in a block, in an item of a list or in a row of a table: about 10 ms of rendering. */
const maxTokens = 2_000;
/** Maximum number of items of a list or rows of a table: more take too long to lay out. */
const maxRows = 2_000;
/** Maximum number of blocks of a text. */
const maxBlocks = 2_000;
/** Maximum depth of nested tokens. */
const maxDepth = 24;

/** The block itself, or a plain block instead if it, or one of its items or rows, exceeds the bounds. */
export function bounded(block: BlockToken): BlockToken {
  if (isPlain(block)) return block;
  const parts = isList(block) ? block.items : isTable(block) ? [block.header, ...block.rows] : [block];
  const fits = parts.length <= maxRows && parts.every((part) => countTokens(part, 0) <= maxTokens);
  return fits ? block : plain([block]);
}

/**
 * Blocks that follow `before` others, up to the bound for a text; the rest as one plain block. Blocks that are not
 * shown do not count.
 */
export function withinBounds(before: number, blocks: readonly BlockToken[]): readonly BlockToken[] {
  let count = before;
  const end = blocks.findIndex((block) => isShown(block) && ++count >= maxBlocks);
  return end < 0 ? blocks : [...blocks.slice(0, end), plain(blocks.slice(end))];
}

/** Blank lines and definitions of links are not shown. */
export function isShown({ type }: BlockToken): boolean {
  return type !== 'space' && type !== 'def';
}

function plain(blocks: readonly BlockToken[]): PlainBlock {
  return { type: 'plain', raw: blocks.map(({ raw }) => raw).join('') };
}

/** How many tokens a token contains, including itself; Infinity if it is nested too deeply. */
function countTokens(part: unknown, depth: number): number {
  if (typeof part !== 'object' || part === null) return 0;
  if (depth > maxDepth) return Number.POSITIVE_INFINITY;
  if (Array.isArray(part)) {
    let count = 0;
    for (const one of part) count += countTokens(one, depth);
    return count;
  }
  const { tokens, items, header, rows } = part as Record<string, unknown>;
  let count = 1;
  for (const inner of [tokens, items, header, rows])
    if (Array.isArray(inner)) count += countTokens(inner, depth + 1);
  return count;
}

/** Whether a token is a block of code. */
export function isCode(token: BlockToken): token is Tokens.Code {
  return token.type === 'code';
}

/** Whether a token is a list. */
export function isList(token: BlockToken): token is Tokens.List {
  return token.type === 'list';
}

/** Whether a token is a table. */
export function isTable(token: BlockToken): token is Tokens.Table {
  return token.type === 'table';
}

/** Whether a token is a block of plain text. */
export function isPlain(token: BlockToken): token is PlainBlock {
  return token.type === 'plain';
}
