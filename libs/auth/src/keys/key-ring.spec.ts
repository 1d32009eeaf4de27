import fc from 'fast-check';
import { inspect } from 'node:util';
import { KeyRing } from './key-ring.js';

describe('KeyRing', () => {
  const ring = new KeyRing([
    { name: 'ann', key: 'a-key-of-ann-0123' },
    { name: 'bob', key: 'bob:with:colons-42' },
    { name: 'ann', key: 'a-second-key-of-ann' },
  ]);

  it.each([
    ['a-key-of-ann-0123', 'ann'],
    ['a-second-key-of-ann', 'ann'],
    ['bob:with:colons-42', 'bob'],
    ['a-key-of-ann-012', undefined],
    ['a-key-of-ann-01234', undefined],
    ['A-key-of-ann-0123', undefined],
    ['ann', undefined],
    ['', undefined],
  ])('%j belongs to %j', (key, owner) => {
    expect(ring.find(key)?.owner).toBe(owner);
  });

  it('finds no owner when it is empty', () => {
    expect(new KeyRing([]).find('')).toBeUndefined();
  });

  it('finds exactly its own keys, and never prints them', () => {
    const keys = fc.uniqueArray(fc.string({ minLength: 8 }), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(keys, ([stranger, ...known]) => {
        const any = new KeyRing(known.map((key, at) => ({ name: `owner-${at}`, key })));
        expect(known.map((key) => any.find(key)?.owner)).toEqual(known.map((_, at) => `owner-${at}`));
        expect(any.find(stranger as string)).toBeUndefined();
        expect(known.filter((key) => key.trim() === key && inspect(any, { depth: 9 }).includes(key))).toEqual(
          [],
        );
      }),
      { numRuns: 50 },
    );
  });
});
