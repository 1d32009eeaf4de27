import fc from 'fast-check';
import { idSeparator, PendingNotifications } from './pending-notifications.js';

const channels = ['runs', 'cancels'];

describe('PendingNotifications', () => {
  it('returns every id once per channel, in payloads within the bound of PostgreSQL', () => {
    const pairs = fc.array(fc.tuple(fc.constantFrom(...channels), fc.uuid()), { maxLength: 600 });
    fc.assert(
      fc.property(pairs, (added) => {
        const pending = new PendingNotifications(10_000);
        for (const [channel, id] of [...added, ...added]) pending.add(channel, id);
        const { channels: to, payloads } = pending.take();
        for (const payload of payloads) expect(Buffer.byteLength(payload)).toBeLessThan(8_000);
        const taken = payloads.flatMap((payload, at) =>
          payload.split(idSeparator).map((id) => `${to[at]} ${id}`),
        );
        expect(taken.sort()).toEqual([...new Set(added.map((pair) => pair.join(' ')))].sort());
        expect(pending.size).toBe(0);
      }),
    );
  });

  it('uses no more payloads than needed', () => {
    const pending = new PendingNotifications(10_000);
    const id = 'x'.repeat(36);
    for (let count = 0; count < 432; count += 1) pending.add('runs', `${id.slice(0, 33)}${100 + count}`);
    expect(pending.take().payloads).toHaveLength(2);
  });

  it('drops ids beyond its bound, and accepts ids again after they were taken', () => {
    const pending = new PendingNotifications(2);
    expect(['a', 'b', 'a', 'c'].map((id) => pending.add('runs', id))).toEqual([true, true, true, false]);
    expect(pending.take()).toEqual({ channels: ['runs'], payloads: ['a\nb'] });
    expect(pending.add('runs', 'c')).toBe(true);
  });

  it('drops an id that fits into no payload, and no other', () => {
    const pending = new PendingNotifications(10);
    for (const id of ['a', 'é'.repeat(4_000), 'b']) pending.add('runs', id);
    expect(pending.take().payloads).toEqual(['a\nb']);
  });

  it('adds the ids of an unsent batch again, after ids that were added meanwhile', () => {
    const pending = new PendingNotifications(10);
    pending.add('runs', 'a');
    pending.add('cancels', 'b');
    const unsent = pending.take();
    pending.add('runs', 'c');
    pending.add('runs', 'a');
    pending.putBack(unsent);
    expect(pending.take()).toEqual({ channels: ['runs', 'cancels'], payloads: ['c\na', 'b'] });
  });
});
