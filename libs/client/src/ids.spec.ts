import { newId } from './ids.js';

describe('newId', () => {
  it('has the time and the random bits in the positions of RFC 9562', () => {
    // The example of appendix A.6: 2022-02-22T19:22:22Z.
    expect(newId(0x017f22e279b0, (bytes) => void bytes.fill(0xff))).toBe(
      '017f22e2-79b0-7fff-bfff-ffffffffffff',
    );
  });

  it('creates different ids that sort by time', () => {
    const ids = [newId(1), newId(2), newId()];
    expect(ids.toSorted()).toEqual(ids);
    expect(newId()).not.toBe(newId());
  });
});
