import fc from 'fast-check';
import { idSeparator, ToldIds } from './told-ids.js';

const channels = ['runs', 'cancels'];

describe('ToldIds', () => {
  it('gives every id once per channel, in payloads that PostgreSQL takes', () => {
    const told = fc.array(fc.tuple(fc.constantFrom(...channels), fc.uuid()), { maxLength: 600 });
    fc.assert(
      fc.property(told, (said) => {
        const ids = new ToldIds(10_000);
        for (const [channel, id] of [...said, ...said]) ids.add(channel, id);
        const { channels: to, payloads } = ids.take();
        for (const payload of payloads) expect(Buffer.byteLength(payload)).toBeLessThan(8_000);
        const given = payloads.flatMap((payload, at) =>
          payload.split(idSeparator).map((id) => `${to[at]} ${id}`),
        );
        expect(given.sort()).toEqual([...new Set(said.map((pair) => pair.join(' ')))].sort());
        expect(ids.size).toBe(0);
      }),
    );
  });

  it('needs no more payloads than their bound asks for', () => {
    const ids = new ToldIds(10_000);
    const id = 'x'.repeat(36);
    for (let count = 0; count < 432; count += 1) ids.add('runs', `${id.slice(0, 33)}${100 + count}`);
    expect(ids.take().payloads).toHaveLength(2);
  });

  it('forgets what is told beyond its bound, and takes more when it has been emptied', () => {
    const ids = new ToldIds(2);
    expect(['a', 'b', 'a', 'c'].map((id) => ids.add('runs', id))).toEqual([true, true, true, false]);
    expect(ids.take()).toEqual({ channels: ['runs'], payloads: ['a\nb'] });
    expect(ids.add('runs', 'c')).toBe(true);
  });

  it('leaves out an id that fits into no payload, and no other', () => {
    const ids = new ToldIds(10);
    for (const id of ['a', 'é'.repeat(4_000), 'b']) ids.add('runs', id);
    expect(ids.take().payloads).toEqual(['a\nb']);
  });

  it('lets what could not be told wait again, with what came meanwhile', () => {
    const ids = new ToldIds(10);
    ids.add('runs', 'a');
    ids.add('cancels', 'b');
    const untold = ids.take();
    ids.add('runs', 'c');
    ids.add('runs', 'a');
    ids.putBack(untold);
    expect(ids.take()).toEqual({ channels: ['runs', 'cancels'], payloads: ['c\na', 'b'] });
  });
});
