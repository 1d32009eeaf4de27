import { existsSync } from 'node:fs';
import { documents, textOf } from './blocks.js';

const root = new URL('../../', import.meta.url);

/** Paths of folders and files that a document names, in code or in plain text. */
function pathsIn(document: string): string[] {
  const text = textOf(document).replaceAll(/\]\([^)]*\)/g, ']');
  const paths = text.match(
    /(?<![\w./-])(?:apps|bench|chaos|docs|examples|libs|schemas|test|testing)\/[\w./-]+/g,
  );
  return (paths ?? [])
    .map((path) => path.replace(/[./]+$/, ''))
    .filter((path) => !/(NAME|TIMESTAMP)/.test(path));
}

describe('the paths in documents', () => {
  it.each(documents)('%s names files and folders that exist', (document) => {
    expect(pathsIn(document).filter((path) => !existsSync(new URL(path, root)))).toEqual([]);
  });

  it('are many', () => expect(documents.flatMap(pathsIn).length).toBeGreaterThan(60));
});
