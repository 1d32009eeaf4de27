import { validate, version } from 'uuid';
import { Ids } from './ids.js';

describe('Ids', () => {
  it('gives a new UUIDv7 every time, also when its randomness has to be fetched again', () => {
    const ids = new Ids();
    const given = Array.from({ length: 2_000 }, () => ids.next());
    expect(new Set(given).size).toBe(2_000);
    expect(given.every((id) => validate(id) && version(id) === 7)).toBe(true);
  });

  it('goes with the time', async () => {
    const ids = new Ids();
    const earlier = ids.next();
    await new Promise((resolve) => setTimeout(resolve, 2));
    expect(ids.next() > earlier).toBe(true);
  });

  it('never shares its randomness with another source', () => {
    expect(new Ids().next().slice(-12)).not.toBe(new Ids().next().slice(-12));
  });
});
