import fc from 'fast-check';
import { type Readable } from 'node:stream';
import { jsonBody, largeChars } from './json-body.js';
import { type JsonPiece, jsonPieces, pieceChars } from './json-pieces.js';
import { SharedPacer } from './shared-pacer.js';
import { sliceText } from './slice-text.js';
import { SlicedText } from './text-size.js';

const long = (unit: string): string => unit.repeat(Math.ceil((3 * pieceChars) / unit.length));

async function joined(pieces: Iterable<JsonPiece>): Promise<string> {
  let text = '';
  for (const piece of pieces) text += await piece;
  return text;
}

describe('jsonPieces', () => {
  const longText = fc.constantFrom('a', 'é', '\u0001', '"\\', '𝄞', '.𝄞', '\ud800').map(long);
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<unknown>(null, true, 1.5, Number.NaN, undefined, new Date(0)),
      fc.string(),
      longText,
      fc.array(tie('any'), { maxLength: 4 }),
      fc.dictionary(fc.string(), tie('any'), { maxKeys: 4 }),
    ),
  })).any;

  it('joins to the result of JSON.stringify for any value', async () => {
    await fc.assert(
      fc.asyncProperty(fc.record({ value }), async (object) => {
        expect(await joined(jsonPieces(object))).toBe(JSON.stringify(object));
      }),
      { numRuns: 300 },
    );
  });

  it('bounds the length of a piece for any value', () => {
    const pieces = [...jsonPieces({ data: [{ content: 'x'.repeat(1_000_000) }, { content: long('𝄞') }] })];
    expect(Math.max(...pieces.map((piece) => (piece as string).length))).toBeLessThanOrEqual(2 * pieceChars);
  });

  it('reads a sliced text from its reader, synchronously or asynchronously', async () => {
    const text = long('.𝄞"');
    const asynchronous = {
      slice: (from: number, max: number) => Promise.resolve(sliceText(text, from, max)),
    };
    const synchronous = { slice: (from: number, max: number) => sliceText(text, from, max) };
    for (const reader of [asynchronous, synchronous]) {
      const value = { before: 1, content: new SlicedText(reader), after: [2] };
      expect(await joined(jsonPieces(value))).toBe(JSON.stringify({ before: 1, content: text, after: [2] }));
    }
  });
});

describe('jsonBody', () => {
  const pacer = new SharedPacer();

  it('returns a string for a small value, and a stream for a large one', async () => {
    expect(jsonBody({ a: 'b' }, pacer)).toBe('{"a":"b"}');
    const large = { a: 'b'.repeat(largeChars) };
    const body = jsonBody(large, pacer) as Readable;
    expect((await body.toArray()).join('')).toBe(JSON.stringify(large));
  });

  it('encodes no more of a large value than is read', async () => {
    const body = jsonBody(
      Array.from({ length: 1_000 }, () => 'x'.repeat(pieceChars)),
      pacer,
    ) as Readable;
    body.on('readable', () => undefined);
    await new Promise(setImmediate);
    expect(body.readableLength).toBeLessThan(10 * pieceChars);
    body.destroy();
  });
});
