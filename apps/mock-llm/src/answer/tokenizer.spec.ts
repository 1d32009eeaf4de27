import fc from 'fast-check';
import { repeatTokens, tokenize } from './tokenizer.js';

describe('tokenize', () => {
  it.each([
    ['', []],
    ['Hello, world!', ['Hello', ',', ' world', '!']],
    ['unbelievable', ['unbeliev', 'able']],
    ['a\n\n  b  ', ['a', '\n\n  b', '  ']],
    ['naïve café 🙂', ['naïve', ' café', ' 🙂']],
  ])('%j', (text, tokens) => expect(tokenize(text)).toEqual(tokens));

  it('loses no text and splits no character', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' })), (text) => {
        const tokens = tokenize(text);
        expect(tokens.join('')).toBe(text);
        expect(tokens).not.toContain('');
        expect(tokens.every((token) => token.isWellFormed())).toBe(true);
      }),
    );
  });
});

describe('repeatTokens', () => {
  it.each([
    ['one two', 5, ['one', ' two', '\none', ' two', '\none']],
    ['one two', 1, ['one']],
    ['', 2, ['word', '\nword']],
    ['x', 0, []],
  ])('%j %i times', (text, count, tokens) => expect(repeatTokens(text, count)).toEqual(tokens));
});
