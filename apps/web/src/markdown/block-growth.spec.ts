import { growthSteps } from './block-growth';
import { blocksOf } from './parse';
import { isList, isTable, type BlockToken } from './parsed-document';

const first = (text: string): BlockToken => blocksOf(text)[0]!;
const list = (count: number): BlockToken => first('- a\n'.repeat(count));
const table = (count: number): BlockToken => first(`| a |\n| - |\n${'| 1 |\n'.repeat(count)}`);
const sizes = (from: BlockToken | undefined, to: BlockToken): number[] =>
  [...growthSteps(from, to)].map(
    (step) => (isList(step) ? step.items : isTable(step) ? step.rows : []).length,
  );

describe('growthSteps', () => {
  it('renders a long list or table in steps of 40', () => {
    expect(sizes(undefined, list(100))).toEqual([40, 80, 100]);
    expect(sizes(undefined, table(81))).toEqual([40, 80, 81]);
  });

  it('continues after the items that are shown', () => {
    expect(sizes(list(50), list(130))).toEqual([90, 130]);
  });

  it('starts again when the text before has changed', () => {
    expect(sizes(first('- b\n'), list(50))).toEqual([40, 50]);
    expect(sizes(table(50), list(50))).toEqual([40, 50]);
  });

  it('ends with the token itself', () => {
    const to = list(100);
    expect([...growthSteps(list(10), to)].at(-1)).toBe(to);
  });

  it('renders other blocks in one step', () => {
    const to = first('A paragraph.');
    expect([...growthSteps(undefined, to)]).toEqual([to]);
  });
});
