import fc from 'fast-check';
import { encodeContext } from '../../testing/transport-setup.js';
import { compileProtocol } from './compile.js';
import { type RequestDescription } from './description.js';
import { maxRequestParts, partsOf } from './request-parts.js';

const compile = (request: RequestDescription) =>
  compileProtocol({ name: 'x', request, delta: { text: 'text' } });
const encode = (request: RequestDescription, message: string) =>
  [compile(request).encode({ message, stream: true }, encodeContext)].flat();

describe('a request in parts', () => {
  it('repeats the frames with a part, in the place of the first one', () => {
    const send = [
      { type: 'begin', model: '{{model}}' },
      { part: '{{part}}', nr: '{{part_number}}', of: '{{part_count}}', last: '{{is_last_part}}' },
      'end',
    ];
    expect(encode({ send, parts: { bytes: 4 } }, 'abcdefg')).toEqual([
      '{"type":"begin","model":"m"}',
      '{"part":"abcd","nr":1,"of":2,"last":false}',
      '{"part":"efg","nr":2,"of":2,"last":true}',
      'end',
    ]);
    expect(encode({ send: { t: '{{part}}' }, parts: { of: '> {{message}}', bytes: 100 } }, 'hi')).toEqual([
      '{"t":"> hi"}',
    ]);
  });

  it('is refused without a place for the part', () => {
    expect(() => compile({ send: { t: '{{message}}' }, parts: { bytes: 4 } })).toThrow(
      '/request/send must have {{part}} in a frame, because of parts',
    );
    expect(() => compile({ send: { t: '{{part}}' } })).toThrow(
      'has a {{placeholder}} that is not known here',
    );
  });

  it('has at most 1,000 parts', () => {
    expect(partsOf('x'.repeat(maxRequestParts * 4), 4)).toHaveLength(maxRequestParts);
    expect(() => partsOf('x'.repeat(maxRequestParts * 4 + 1), 4)).toThrow(
      'the request is longer than 1000 parts of 4 bytes',
    );
  });

  it('is cut between characters, within the bytes, and complete', () => {
    expect(partsOf('', 4)).toEqual(['']);
    expect(partsOf('aé😀', 4)).toEqual(['aé', '😀']);
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 200 }),
        fc.integer({ min: 4, max: 20 }),
        (text, bytes) => {
          const whole = text.toWellFormed();
          const parts = partsOf(whole, bytes);
          expect(parts.join('')).toBe(whole);
          expect(parts.every((part) => Buffer.byteLength(part) <= bytes)).toBe(true);
        },
      ),
    );
  });
});
