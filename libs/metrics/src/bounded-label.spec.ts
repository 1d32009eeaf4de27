import { BoundedLabel, otherLabel } from './bounded-label.js';

describe('BoundedLabel', () => {
  it('keeps the first values, and calls every later one `other`', () => {
    const label = new BoundedLabel(2);
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

  it('cuts long values, and cuts no character in two', () => {
    const label = new BoundedLabel(10);
    expect(label.of('x'.repeat(5_000))).toBe('x'.repeat(100));
    expect(label.of(`${'x'.repeat(99)}😀`)).toBe(`${'x'.repeat(99)}\uFFFD`);
  });

  it('takes values that differ in what cannot be written for one', () => {
    const label = new BoundedLabel(1);
    expect([label.of('\uD800'), label.of('\uDBFF')]).toEqual(['\uFFFD', '\uFFFD']);
  });
});
