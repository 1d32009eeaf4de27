import { isTooLong, maxMessageBytes } from './message-length';

describe('isTooLong', () => {
  it.each([
    ['a', 1],
    ['é', 2],
    ['語', 3],
    ['🙂', 4],
  ])('counts %s as %i bytes', (character, bytes) => {
    const most = Math.floor(maxMessageBytes / bytes);
    expect(isTooLong(character.repeat(most))).toBe(false);
    expect(isTooLong(character.repeat(most + 1))).toBe(true);
  });
});
