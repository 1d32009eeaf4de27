import { followsAfterScroll } from './follow-scroll';

describe('followsAfterScroll', () => {
  const last = { scrollTop: 1_000, clientHeight: 500, scrollHeight: 1_500 };

  it.each([
    ['text arrives, however much', true, { scrollHeight: 5_000 }, true],
    ['the view follows only a part of the new text', true, { scrollTop: 1_200, scrollHeight: 5_000 }, true],
    ['text becomes shorter', true, { scrollTop: 700, scrollHeight: 1_200 }, true],
    ['the window becomes higher', true, { scrollTop: 900, clientHeight: 600 }, true],
    ['the user scrolls up', true, { scrollTop: 999 }, false],
    ['the user scrolls up while text arrives', true, { scrollTop: 900, scrollHeight: 1_600 }, false],
    ['the user scrolls down in the middle', false, { scrollTop: 1_100, scrollHeight: 3_000 }, false],
    ['the user scrolls to the end', false, { scrollTop: 1_100, scrollHeight: 1_650 }, true],
  ])('when %s: follows %s', (_name, isFollowing, changed, follows) => {
    expect(followsAfterScroll(isFollowing, last, { ...last, ...changed })).toBe(follows);
  });
});
