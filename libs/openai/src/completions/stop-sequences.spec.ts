import { jest } from '@jest/globals';
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
    [['abcd', 'bc'], ['abc', 'd'], '', true],
    [['abcd', 'bc'], ['ab', 'c', 'e'], 'a', true],
    [['abcd', 'bc'], ['abc'], 'a', true],
    [['aaab'], ['aa', 'aa', 'aab', 'c'], 'aaa', true],
    [['\n\n', '\n\nQ:'], ['x\n', '\nQ:'], 'x', true],
  ])('%j in %j gives %j', (sequences, pieces, text, isStopped) => {
    expect(cut(sequences, pieces)).toEqual({ text, isStopped });
  });

  it('cuts where a search of the whole text finds the first sequence, however the text is divided', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });
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
          expect(cut(sequences, pieces)).toEqual({ text: expected, isStopped: places.length > 0 });
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it('withholds no more characters than a sequence may need', () => {
    const stops = new StopSequences(['aaab', 'ab']);
    let returned = 0;
    for (let length = 1; length <= 1_000; length += 1) {
      returned += stops.push('a').length;
      expect(length - returned).toBeLessThanOrEqual(3);
    }
  });

  it('takes a number of steps proportional to the length of the text', () => {
    const sequences = ['a', 'b', 'c', 'd'].map((end) => 'x'.repeat(255) + end);
    const reads = (chars: number): number => {
      const read = jest.spyOn(String.prototype, 'charCodeAt');
      const stops = new StopSequences(sequences);
      for (let at = 0; at < chars; at += 1) stops.push('x');
      const { length } = read.mock.calls;
      read.mockRestore();
      return length;
    };
    expect(reads(20_000)).toBeLessThanOrEqual(2.1 * reads(10_000));
    expect(reads(10_000)).toBeLessThanOrEqual(10_000 * sequences.length * 4);
  });
});
