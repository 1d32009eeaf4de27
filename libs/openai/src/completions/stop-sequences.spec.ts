import fc from 'fast-check';
import { StopSequences } from './stop-sequences.js';

function cut(sequences: string[], pieces: string[]): { text: string; isStopped: boolean } {
  const stops = new StopSequences(sequences);
  let text = '';
  for (const piece of pieces) text += stops.push(piece);
  return { text: text + stops.flush(), isStopped: stops.isStopped };
}

describe('StopSequences', () => {
  it.each<[string[], string[], string, boolean]>([
    [[], ['a', 'b'], 'ab', false],
    [['END'], ['one E', 'ND two'], 'one ', true],
    [['END'], ['one E', 'N'], 'one EN', false],
    [['\n', 'b'], ['ab\n'], 'a', true],
    [['aab'], ['aa', 'ab'], 'a', true],
    [['x'], ['x'], '', true],
  ])('%j in %j gives %j', (sequences, pieces, text, isStopped) => {
    expect(cut(sequences, pieces)).toEqual({ text, isStopped });
  });

  it('cuts at the same place however the text comes in pieces', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c') });
    fc.assert(
      fc.property(
        fc.array(letters, { maxLength: 12 }),
        fc.array(
          letters.filter((one) => one !== ''),
          { maxLength: 4 },
        ),
        (pieces, sequences) => {
          const whole = pieces.join('');
          const places = sequences.map((one) => whole.indexOf(one)).filter((at) => at >= 0);
          const expected = places.length === 0 ? whole : whole.slice(0, Math.min(...places));
          expect(cut(sequences, pieces).text).toBe(expected);
        },
      ),
    );
  });
});
