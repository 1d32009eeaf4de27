import fc from 'fast-check';
import { KeyedQueue } from './keyed-queue.js';

interface Item {
  key: string | undefined;
  id: number;
}

describe('KeyedQueue', () => {
  it('returns at most one item per key until it is released, in order of arrival', () => {
    const queue = new KeyedQueue<Item>();
    ['a', 'a', undefined, 'b', 'a'].forEach((key, id) => queue.add({ key, id }));
    const first = queue.take(10);
    expect(first.map(({ id }) => id)).toEqual([0, 2, 3]);
    expect([queue.size, queue.ready]).toEqual([2, 0]);
    queue.release(first);
    expect(queue.take(10).map(({ id }) => id)).toEqual([1]);
  });

  it('serves owners round robin', () => {
    const queue = new KeyedQueue<Item & { owner: string }>();
    for (let id = 0; id < 1_000; id += 1) queue.add({ owner: 'ann', key: undefined, id });
    queue.add({ owner: 'bob', key: 'a', id: 1_000 });
    queue.add({ owner: 'bob', key: 'a', id: 1_001 });
    expect([queue.size, queue.sizeOf('ann'), queue.sizeOf('bob')]).toEqual([1_002, 1_000, 2]);
    const first = queue.take(4);
    expect(first.map(({ id }) => id)).toEqual([0, 1_000, 1, 2]);
    queue.release(first);
    expect(queue.take(2).map(({ id }) => id)).toEqual([3, 1_001]);
    expect([queue.sizeOf('ann'), queue.sizeOf('bob'), queue.clear().length]).toEqual([996, 0, 996]);
    expect([queue.size, queue.sizeOf('ann')]).toEqual([0, 0]);
  });

  it('clears waiting items, and keeps the keys of taken items reserved', () => {
    const queue = new KeyedQueue<Item>();
    ['a', 'b', 'a', 'b', undefined].forEach((key, id) => queue.add({ key, id }));
    const taken = queue.take(1);
    expect(queue.clear().map(({ id }) => id)).toEqual([1, 4, 2, 3]);
    expect(queue.size).toBe(0);
    queue.add({ key: 'a', id: 5 });
    queue.add({ key: 'b', id: 6 });
    expect(queue.take(10).map(({ id }) => id)).toEqual([6]);
    queue.release(taken);
    expect(queue.take(10).map(({ id }) => id)).toEqual([5]);
  });

  it('neither loses, repeats nor reorders items in any sequence of operations', () => {
    const action = fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom('a', 'b', 'c', undefined).map((key) => ({ add: key })) },
      { weight: 3, arbitrary: fc.integer({ min: 1, max: 4 }).map((take) => ({ take })) },
      { weight: 2, arbitrary: fc.constant({ release: true }) },
      { weight: 1, arbitrary: fc.nat(20).map((remove) => ({ remove })) },
      { weight: 1, arbitrary: fc.constant({ clear: true }) },
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const queue = new KeyedQueue<Item>();
        const items: Item[] = [];
        const waiting = new Set<Item>();
        const taken: Item[][] = [];
        for (const step of actions) {
          if ('add' in step) {
            const item = { key: step.add, id: items.length };
            items.push(item);
            waiting.add(item);
            queue.add(item);
          } else if ('take' in step) {
            const batch = queue.take(step.take);
            for (const item of batch) {
              expect(waiting.delete(item)).toBe(true);
              if (item.key === undefined) continue;
              expect(taken.flat().some(({ key }) => key === item.key)).toBe(false);
              expect([...waiting].some(({ key, id }) => key === item.key && id < item.id)).toBe(false);
            }
            expect(new Set(batch.map(({ key, id }) => key ?? id)).size).toBe(batch.length);
            taken.push(batch);
          } else if ('release' in step) {
            queue.release(taken.shift() ?? []);
          } else if ('remove' in step) {
            const item = items[step.remove];
            if (item) expect(queue.remove(item)).toBe(waiting.delete(item));
          } else {
            expect(new Set(queue.clear())).toEqual(waiting);
            waiting.clear();
          }
          expect(queue.size).toBe(waiting.size);
        }
        for (const batch of taken) queue.release(batch);
        while (queue.ready > 0) {
          const batch = queue.take(100);
          for (const item of batch) waiting.delete(item);
          queue.release(batch);
        }
        expect(waiting.size).toBe(0);
      }),
    );
  });
});
