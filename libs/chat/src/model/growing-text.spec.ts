import fc from 'fast-check';
import { sliceText } from '#backpressure';
import { GrowingText } from './growing-text.js';

describe('GrowingText', () => {
  it('returns the same slices as the joined text, wherever its pieces begin', () => {
    const piece = fc.string({ unit: fc.constantFrom('a', 'é', '𝄞', '\ud800'), maxLength: 8 });
    fc.assert(
      fc.property(fc.array(piece), fc.nat(40), fc.integer({ min: 2, max: 20 }), (pieces, from, max) => {
        const text = new GrowingText();
        for (const one of pieces) text.append(one);
        const whole = pieces.join('');
        expect([text.length, text.toString()]).toEqual([whole.length, whole]);
        expect(text.slice(from, max)).toBe(sliceText(whole, from, max));
      }),
    );
  });
});
