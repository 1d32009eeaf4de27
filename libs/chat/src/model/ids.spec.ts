import { validate, version } from 'uuid';
import { Ids } from './ids.js';

describe('Ids', () => {
  it('generates a new UUIDv7 each time, also after more random bytes were fetched', () => {
    const ids = new Ids();
    const generated = Array.from({ length: 2_000 }, () => ids.next());
    expect(new Set(generated).size).toBe(2_000);
    expect(generated.every((id) => validate(id) && version(id) === 7)).toBe(true);
  });

  it('generates ids that are ordered by time', async () => {
    const ids = new Ids();
    const earlier = ids.next();
    await new Promise((resolve) => setTimeout(resolve, 2));
    expect(ids.next() > earlier).toBe(true);
  });

  it('does not share random bytes with another instance', () => {
    expect(new Ids().next().slice(-12)).not.toBe(new Ids().next().slice(-12));
  });
});
