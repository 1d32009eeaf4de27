import { existsSync } from 'node:fs';
import { blocksOf, documents, textOf } from './blocks.js';
import { claimedBy, claims } from './claims.js';

describe('the fenced blocks of all documents', () => {
  const blocks = documents.flatMap(blocksOf);

  it('finds the documents and their blocks', () => {
    expect(documents).toEqual(expect.arrayContaining(['README.md', 'docs/api.md', 'libs/client/README.md']));
    expect(blocks.length).toBeGreaterThan(60);
  });

  it('belong to one spec each', () => {
    const owners = blocks.map((block) => ({
      block: `${block.document}:${block.line} (${block.language})`,
      specs: Object.keys(claims).filter((spec) => claims[spec]!(block)),
    }));
    expect(owners.filter(({ specs }) => specs.length !== 1)).toEqual([]);
  });

  it.each(Object.keys(claims))('%s exists, gets its blocks, and has some', (spec) => {
    expect(existsSync(new URL(`../../${spec}`, import.meta.url))).toBe(true);
    expect(textOf(spec)).toContain(`claimedBy('${spec}')`);
    expect(claimedBy(spec).length).toBeGreaterThan(0);
  });
});
