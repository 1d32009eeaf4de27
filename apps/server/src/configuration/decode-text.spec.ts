import { decodeText } from './decode-text.js';

describe('decodeText', () => {
  it('reads UTF-8, with or without a byte order mark', () => {
    expect(decodeText(Buffer.from('PORT=1\nA=ä😀\n'))).toBe('PORT=1\nA=ä😀\n');
    expect(decodeText(Buffer.from('\uFEFFPORT=1'))).toBe('PORT=1');
    expect(decodeText(Buffer.alloc(0))).toBe('');
  });

  it.each([
    ['little-endian', Buffer.from('\uFEFFPORT=1', 'utf16le')],
    ['big-endian', Buffer.from('\uFEFFPORT=1', 'utf16le').swap16()],
    ['without a byte order mark', Buffer.from('PORT=1', 'utf16le')],
    ['with no ASCII character', Buffer.from('\uFEFF試験', 'utf16le')],
  ])('names UTF-16, %s', (_, bytes) => {
    expect(() => decodeText(bytes)).toThrow('is UTF-16 or binary: save it as UTF-8');
  });

  it('names the first line that is not UTF-8, and shows none of it', () => {
    const latin1 = Buffer.from('A=1\r\nB=ä\nC=k\u00e4mpfen\n', 'latin1');
    expect(() => decodeText(Buffer.concat([Buffer.from('X=ä\n'), latin1]))).toThrow(
      /^has bytes on line 3 that are not UTF-8: save it as UTF-8$/,
    );
  });
});
