import { BoundedLabel, otherLabel } from './bounded-label.js';

const few = { first: 2, repeated: 0 };

describe('BoundedLabel', () => {
  it('keeps the first values, and replaces later ones with `other`', () => {
    const label = new BoundedLabel(few);
    expect(['a', 'b', 'a', 'c', 'b', 'd', 'c'].map((value) => label.of(value))).toEqual([
      'a',
      'b',
      'a',
      otherLabel,
      'b',
      otherLabel,
      otherLabel,
    ]);
  });

  it('bounds each source separately', () => {
    const label = new BoundedLabel(few, ['configured']);
    for (let count = 0; count < 10_000; count += 1) label.of(`made-up-${count}`, 'hostile');
    expect(label.of('honest', 'another')).toBe('honest');
    expect(label.of('configured', 'hostile')).toBe('configured');
  });

  it('keeps a bounded number of later values that occur twice', () => {
    const label = new BoundedLabel({ first: 2, repeated: 3 });
    for (let count = 0; count < 10_000; count += 1) label.of(`made-up-${count}`, 'endpoint');
    expect(label.of('honest', 'endpoint')).toBe(otherLabel);
    expect(label.of('honest', 'endpoint')).toBe('honest');
    const labels = new Set<string>();
    for (let count = 0; count < 1_000; count += 1) labels.add(label.of(`again-${count >> 1}`, 'endpoint'));
    expect([...labels].sort()).toEqual(['again-0', 'again-1', otherLabel]);
  });

  it('truncates long values without splitting a character', () => {
    const label = new BoundedLabel(few);
    expect(label.of('x'.repeat(5_000))).toBe('x'.repeat(100));
    expect(label.of(`${'x'.repeat(99)}😀`)).toBe(`${'x'.repeat(99)}\uFFFD`);
  });

  it('treats values that differ only in unpaired surrogates as the same', () => {
    const label = new BoundedLabel({ first: 1, repeated: 0 });
    expect([label.of('\uD800'), label.of('\uDBFF')]).toEqual(['\uFFFD', '\uFFFD']);
  });
});
