import { keyHint } from './key-hint.js';

describe('keyHint', () => {
  it('shows at most four characters, and at most a quarter of the key', () => {
    expect(keyHint('a-long-key-0123456789').keyPrefix).toBe('a-lo');
    expect(keyHint('12345678').keyPrefix).toBe('12');
    expect(keyHint('abc').keyPrefix).toBe('');
    expect(keyHint('\u009bkey\u00e9-0123456789abc').keyPrefix).toBe('?key');
  });

  it('distinguishes keys with the same prefix', () => {
    const hashes = ['same-0123456789abcdef', 'same-0123456789abcdeF'].map((key) => keyHint(key).keyHash);
    expect(hashes[0]).toMatch(/^[0-9a-f]{8}$/);
    expect(hashes[0]).not.toBe(hashes[1]);
  });
});
