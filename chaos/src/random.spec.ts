import { Random } from './random.js';

describe('Random', () => {
  const draw = (random: Random): number[] => Array.from({ length: 1000 }, () => random.next());

  it('gives the same numbers for the same seed, and others for another', () => {
    expect(draw(new Random(7))).toEqual(draw(new Random(7)));
    expect(draw(new Random(7))).not.toEqual(draw(new Random(8)));
  });

  it('distributes them evenly', () => {
    const tenths = Array.from({ length: 10 }, () => 0);
    for (const value of draw(new Random(1))) tenths[Math.floor(value * 10)]! += 1;
    for (const count of tenths) expect(count).toBeGreaterThan(60);
  });

  it('draws integers up to both bounds', () => {
    const random = new Random(3);
    const drawn = new Set(Array.from({ length: 200 }, () => random.integer(2, 5)));
    expect([...drawn].sort()).toEqual([2, 3, 4, 5]);
  });

  it('forks by name, whatever was drawn before', () => {
    const one = new Random(9);
    const other = new Random(9);
    other.next();
    expect(draw(one.fork('a'))).toEqual(draw(other.fork('a')));
    expect(draw(one.fork('a'))).not.toEqual(draw(one.fork('b')));
  });

  it('shuffles without losing an element', () => {
    const things = [1, 2, 3, 4, 5, 6, 7, 8];
    const shuffled = new Random(5).shuffled(things);
    expect(shuffled).not.toEqual(things);
    expect([...shuffled].sort()).toEqual(things);
  });
});
