import fc from 'fast-check';
import { FairQueue } from './fair-queue.js';
import { type Owner } from './fair-shares.js';

function queueOf(items: readonly (readonly [Owner, number])[]): FairQueue<number> {
  const queue = new FairQueue<number>();
  for (const [owner, item] of items) queue.add(owner, item);
  return queue;
}

describe('FairQueue', () => {
  it('serves owners in turn, and the items of an owner in order of arrival', () => {
    const queue = queueOf([
      ['ann', 1],
      ['ann', 2],
      ['ann', 3],
      ['bob', 4],
      [undefined, 5],
    ]);
    expect([queue.size, queue.sizeOf('ann'), queue.sizeOf('eve')]).toEqual([5, 3, 0]);
    expect(queue.take()).toEqual({ owner: 'ann', item: 1 });
    expect(queue.clear()).toEqual([4, 5, 2, 3]);
    expect([queue.size, queue.take()]).toEqual([0, undefined]);
  });

  it('skips owners that may not be served, and they keep their turn', () => {
    const queue = queueOf([
      ['ann', 1],
      ['bob', 2],
      ['bob', 3],
    ]);
    expect(queue.take((owner) => owner !== 'ann')?.item).toBe(2);
    expect(queue.take(() => false)).toBeUndefined();
    expect(queue.clear()).toEqual([1, 3]);
  });

  it('removes an item from the middle, once', () => {
    const queue = queueOf([
      ['ann', 1],
      ['ann', 2],
    ]);
    expect([queue.remove('ann', 2), queue.remove('ann', 2), queue.remove('bob', 1)]).toEqual([
      true,
      false,
      false,
    ]);
    expect([queue.size, queue.remove('ann', 1), [...queue.owners()]]).toEqual([1, true, []]);
  });

  it('serves a new owner after at most one item of each other owner', () => {
    const waiting = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', undefined), fc.nat()), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(waiting, (owners) => {
        const queue = queueOf(owners.map(([owner], item) => [owner, item]));
        const others = new Set(owners.map(([owner]) => owner)).size;
        queue.add('late', -1);
        expect(queue.size).toBe(owners.length + 1);
        expect(queue.clear().indexOf(-1)).toBe(others);
      }),
    );
  });

  it('loses and repeats nothing under any sequence of operations', () => {
    const step = fc.record({
      owner: fc.constantFrom('a', 'b', 'c'),
      operation: fc.constantFrom('add', 'take', 'remove'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const queue = new FairQueue<number>();
        const expected = new Map<number, Owner>();
        steps.forEach(({ owner, operation }, item) => {
          if (operation === 'add') {
            queue.add(owner, item);
            expected.set(item, owner);
          } else if (operation === 'take') {
            const taken = queue.take();
            expect(taken === undefined ? expected.size : expected.get(taken.item)).toBe(taken?.owner ?? 0);
            if (taken !== undefined) expected.delete(taken.item);
          } else {
            const own = [...expected].find(([, other]) => other === owner)?.[0] ?? -1;
            expect(queue.remove(owner, own)).toBe(expected.delete(own));
          }
          expect(queue.size).toBe(expected.size);
        });
        expect(queue.clear().sort((a, b) => a - b)).toEqual([...expected.keys()].sort((a, b) => a - b));
      }),
    );
  });
});
