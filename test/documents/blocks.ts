import { globSync, readFileSync } from 'node:fs';

const root = new URL('../../', import.meta.url);

/** A fenced code block of a document. */
export interface Block {
  /** Path from the root of the repository. */
  document: string;
  /** The nearest heading above it, without `#`. */
  heading: string;
  /** The info string: `sh`, `yaml`, …; empty if there is none. */
  language: string;
  text: string;
  /** Where it begins, counted from 1. */
  line: number;
}

/** Every Markdown document for people, as paths from the root of the repository. */
export const documents: readonly string[] = globSync(
  ['*.md', 'docs/*.md', 'libs/*/README.md', 'apps/*/README.md'],
  { cwd: root },
).toSorted();

/** The text of a file, by its path from the root of the repository. */
export function textOf(path: string): string {
  return readFileSync(new URL(path, root), 'utf8');
}

/** The fenced blocks of a document, in their order. Blocks inside lists lose their indentation. */
export function blocksOf(document: string): Block[] {
  const blocks: Block[] = [];
  let heading = '';
  let open: Block | undefined;
  let indent = 0;
  for (const [at, line] of textOf(document).split('\n').entries()) {
    const fence = /^( *)```(.*)$/.exec(line);
    if (open !== undefined) {
      if (fence?.[2] === '') {
        blocks.push(open);
        open = undefined;
      } else open.text += `${line.slice(indent)}\n`;
    } else if (fence !== null) {
      open = { document, heading, language: fence[2]!, text: '', line: at + 1 };
      indent = fence[1]!.length;
    } else heading = /^#+ (.+)$/.exec(line)?.[1] ?? heading;
  }
  if (open !== undefined) throw new Error(`${document}:${open.line} has no end`);
  return blocks;
}
