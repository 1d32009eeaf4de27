import { SecretRedactor } from '../redaction/secret-redactor.js';
import fc from 'fast-check';
import { AnswerText } from './answer-text.js';

/** The shown texts of the pieces of an answer. */
function collect(pieces: readonly string[], whole?: string) {
  const answer = new AnswerText(new SecretRedactor({ secrets: [] }));
  const shown = pieces.map((piece) => answer.push(piece));
  return { shown, ...answer.finish(whole) };
}

describe('AnswerText', () => {
  it('shows each piece and ends with the whole text', () => {
    expect(collect(['Hel', '', 'lo'])).toEqual({
      shown: ['Hel', '', 'lo'],
      text: 'Hello',
      rest: '',
      replaced: false,
    });
  });

  it.each([
    ['holds half a pair back until its other half comes', ['a\ud83d', '\ude42b'], ['a', '🙂b'], '', 'a🙂b'],
    ['replaces a high surrogate without its other half', ['a\ud83d', 'b'], ['a', '\ufffdb'], '', 'a\ufffdb'],
    ['replaces a half at the end', ['a\ud83d'], ['a'], '\ufffd', 'a\ufffd'],
    ['keeps only the last of two first halves', ['\ud83d\ud83d', '\ude42'], ['\ufffd', '🙂'], '', '\ufffd🙂'],
    ['replaces a second half without a first', ['\ude42'], ['\ufffd'], '', '\ufffd'],
    ['replaces NUL', ['a\0b\0'], ['a\ufffdb\ufffd'], '', 'a\ufffdb\ufffd'],
  ])('%s', (_, pieces, shown, rest, text) => {
    expect(collect(pieces)).toEqual({ shown, rest, text, replaced: false });
  });

  it.each([
    ['equals the pieces', 'Hello', '', false],
    ['goes on after the pieces', 'Hello!', '!', false],
    ['differs from the pieces', 'Hullo', 'Hullo', true],
    ['is shorter than the pieces', 'Hel', 'Hel', true],
    ['is empty although pieces came', '', '', true],
  ])('uses the whole answer of the end when it %s', (_, whole, rest, replaced) => {
    expect(collect(['Hel', 'lo'], whole)).toMatchObject({ text: whole, rest, replaced });
  });

  it('makes the whole answer storable, and shows a completed surrogate pair', () => {
    expect(collect(['a\ud83d'], 'a🙂\0')).toMatchObject({
      text: 'a🙂\ufffd',
      rest: '🙂\ufffd',
      replaced: false,
    });
  });

  it('counts what was shown', () => {
    const answer = new AnswerText(new SecretRedactor({ secrets: [] }));
    answer.push('ab\ud83d');
    expect(answer.length).toBe(2);
    answer.push('\ude42');
    expect(answer.length).toBe(4);
  });

  it('returns any well-formed text unchanged, however it is split', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 60 }).map((text) => text.replaceAll('\0', '')),
        fc.array(fc.nat(80), { maxLength: 12 }),
        fc.boolean(),
        (text, cuts, repeats) => {
          const places = [0, ...cuts.map((cut) => Math.min(cut, text.length)), text.length].sort(
            (a, b) => a - b,
          );
          const pieces = places.slice(1).map((end, index) => text.slice(places[index], end));
          const { shown, rest, ...end } = collect(pieces, repeats ? text : undefined);
          expect(shown.join('') + rest).toBe(text);
          expect(end).toEqual({ text, replaced: false });
          for (const piece of shown) expect(piece.isWellFormed()).toBe(true);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('shows storable text for any input', () => {
    const codeUnits = fc
      .array(fc.constantFrom(0, 0x41, 0xd83d, 0xde42, 0xdbff, 0xdc00, 0xffff), { maxLength: 6 })
      .map((units) => String.fromCharCode(...units));
    fc.assert(
      fc.property(fc.array(codeUnits, { maxLength: 6 }), (pieces) => {
        const { shown, rest, text } = collect(pieces);
        expect(shown.join('') + rest).toBe(text);
        expect(text).toBe(pieces.join('').toWellFormed().replaceAll('\0', '\ufffd'));
      }),
      { numRuns: 2_000 },
    );
  });
});
