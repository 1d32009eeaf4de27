import fc from 'fast-check';
import { FrameSplitter, maxFramesPerMessage, maxUnfinishedFrameBytes } from './frame-splitter.js';

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};
const splitter = (text: string, isComplete: (frame: string) => boolean = isJson) =>
  new FrameSplitter({ text, isComplete });
const push = (to: FrameSplitter, message: string) => to.push(Buffer.from(message)).map(String);

describe('a message with separators', () => {
  it.each<[string, string, string[][], string[][]]>([
    ['several frames', '\n', [['{"a":1}\n{"b":2}\n']], [['{"a":1}', '{"b":2}']]],
    ['no separator at its end', '\n', [['{"a":1}\n{"b":2}']], [['{"a":1}', '{"b":2}']]],
    [
      'a record separator',
      '\x1e',
      [['{}\x1e'], ['{"a":1}\x1e{"b":2}\x1e']],
      [['{}'], ['{"a":1}', '{"b":2}']],
    ],
    ['blank lines', '\n', [['\n\n{"a":1}\n\n'], ['\n']], [['{"a":1}'], []]],
    ['part of a frame', '\n', [['{"a"'], [':1}\n{"b'], ['":2}\n']], [[], ['{"a":1}'], ['{"b":2}']]],
    ['a frame of several messages', '\n', [['{"a"'], [':'], ['1}'], ['\n']], [[], [], [], ['{"a":1}']]],
    ['a long separator', '\r\n\r\n', [['a\r\nb\r\n\r\nc\r\n\r\n']], [['a\r\nb', 'c']]],
    ['JSON that is unfinished after a separator', '\n', [['1\n'], ['1'], ['2\n']], [['1'], [], ['12']]],
  ])('may have %s', (_, separator, messages, frames) => {
    const to = splitter(separator);
    expect(messages.map(([message]) => push(to, message!))).toEqual(frames);
  });

  it('is complete without a separator where frames are texts', () => {
    const to = splitter('\n', () => true);
    expect([push(to, 'Hel'), push(to, 'lo\nyou')]).toEqual([['Hel'], ['lo', 'you']]);
  });

  it('gives the same frames wherever terminated frames are cut', () => {
    const texts = fc.array(
      fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !text.includes('\n')),
      {
        minLength: 1,
      },
    );
    fc.assert(
      fc.property(texts, fc.infiniteStream(fc.integer({ min: 1, max: 5 })), (frames, sizes) => {
        const bytes = Buffer.from(`${frames.map((frame) => JSON.stringify(frame)).join('\n')}\n`);
        const to = splitter('\n', () => false);
        const found: string[] = [];
        for (let at = 0; at < bytes.length;) {
          const size = sizes.next().value as number;
          found.push(...to.push(bytes.subarray(at, at + size)).map(String));
          at += size;
        }
        expect(found).toEqual(frames.map((frame) => JSON.stringify(frame)));
      }),
      { numRuns: 100 },
    );
  });

  it('has limits with named errors', () => {
    const many = splitter('\n');
    expect(many.push(Buffer.alloc(maxFramesPerMessage, '\n'))).toEqual([]);
    expect(() => many.push(Buffer.alloc(maxFramesPerMessage + 1, '\n'))).toThrow(
      'a message has more than 10000 separators',
    );
    const long = splitter('\n');
    expect(long.push(Buffer.alloc(maxUnfinishedFrameBytes, 'a'))).toEqual([]);
    expect(() => long.push(Buffer.from('a'))).toThrow(
      'a frame without its separator is longer than 1048576 bytes',
    );
  });
});
