import fc from 'fast-check';
import { FrameShapeError, maxFrameValues, parseFrame } from './frame-json.js';

describe('parseFrame', () => {
  it('parses JSON like JSON.parse', () => {
    fc.assert(fc.property(fc.json(), (text) => expect(parseFrame(text)).toEqual(JSON.parse(text))));
    expect(() => parseFrame('{')).toThrow(SyntaxError);
  });

  it.each([
    ['nested arrays', '['.repeat(maxFrameValues) + ']'.repeat(maxFrameValues)],
    ['empty objects', `[${'{},'.repeat(maxFrameValues)}{}]`],
    ['numbers', `{"metadata":[${'1,'.repeat(maxFrameValues)}1]}`],
    ['keys', `{${Array.from({ length: maxFrameValues + 1 }, (_, at) => `"${at}":1`).join(',')}}`],
  ])('rejects too many %s before parsing', (name, text) => {
    const isAtLimit = name === 'nested arrays';
    if (isAtLimit) expect(() => parseFrame(`[${text}]`)).toThrow(FrameShapeError);
    else expect(() => parseFrame(text)).toThrow(FrameShapeError);
  });

  it('counts nothing inside strings, whatever escapes they contain', () => {
    const marks = '[{,'.repeat(maxFrameValues);
    for (const text of [marks, `\\"${marks}`, `\\\\\\"${marks}\\\\`, `${'\\"'.repeat(1_000)}${marks}`]) {
      expect(parseFrame(`{"response":"${text}"}`)).toEqual(JSON.parse(`{"response":"${text}"}`));
    }
    const outside = `{"a":"\\\\","b":[${'1,'.repeat(maxFrameValues)}1]}`;
    expect(() => parseFrame(outside)).toThrow(FrameShapeError);
  });
});
