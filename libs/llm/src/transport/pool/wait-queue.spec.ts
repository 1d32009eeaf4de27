import { jest } from '@jest/globals';
import { WaitQueue } from './wait-queue.js';

const { signal } = new AbortController();
const nobody = new Error('turned away');

describe('WaitQueue', () => {
  it('serves in order of arrival', async () => {
    const queue = new WaitQueue<string>();
    const places = [queue.wait(signal), queue.wait(signal)];
    expect(queue.size).toBe(2);
    expect([queue.serve(() => 'first'), queue.serve(() => 'second'), queue.serve(() => 'third')]).toEqual([
      true,
      true,
      false,
    ]);
    expect(await Promise.all(places)).toEqual(['first', 'second']);
  });

  it('serves owners in turn, and skips those that may not be served', async () => {
    const queue = new WaitQueue<string>();
    const places = ['ann', 'ann', 'bob'].map((owner) => queue.wait(signal, owner));
    expect([queue.sizeOf('ann'), queue.servable(() => 1), queue.servable(() => 5)]).toEqual([2, 2, 3]);
    queue.serve((owner) => `1 for ${owner}`);
    queue.serve((owner) => `2 for ${owner}`);
    expect(
      queue.serve(
        () => 'never',
        (owner) => owner !== 'ann',
      ),
    ).toBe(false);
    queue.serve((owner) => `3 for ${owner}`);
    expect(await Promise.all(places)).toEqual(['1 for ann', '3 for ann', '2 for bob']);
  });

  it('lets one leave from the middle', async () => {
    const queue = new WaitQueue<number>();
    const leaver = new AbortController();
    const first = queue.wait(signal);
    const gone = queue.wait(leaver.signal);
    const last = queue.wait(signal);
    leaver.abort(nobody);
    expect(queue.size).toBe(2);
    await expect(gone).rejects.toBe(nobody);
    queue.serve(() => 1);
    queue.serve(() => 2);
    expect(await Promise.all([first, last])).toEqual([1, 2]);
  });

  it('takes nobody in whose signal is aborted', async () => {
    const queue = new WaitQueue<number>();
    await expect(queue.wait(AbortSignal.abort(nobody))).rejects.toBe(nobody);
    expect(queue.size).toBe(0);
  });

  it('gives what was served even if the signal is aborted afterwards, so that it can be given back', async () => {
    const queue = new WaitQueue<string>();
    const leaver = new AbortController();
    const place = queue.wait(leaver.signal);
    queue.serve(() => 'connection');
    leaver.abort(nobody);
    expect(await place).toBe('connection');
  });

  it('turns away the first, or all', async () => {
    const queue = new WaitQueue<number>();
    const places = Promise.allSettled([queue.wait(signal), queue.wait(signal), queue.wait(signal)]);
    queue.turnAway(nobody);
    expect(queue.size).toBe(2);
    const closed = new Error('closed');
    queue.turnAllAway(closed);
    expect(queue.size).toBe(0);
    queue.turnAway(nobody);
    expect((await places).map((place) => (place as PromiseRejectedResult).reason as Error)).toEqual([
      nobody,
      closed,
      closed,
    ]);
  });

  it('listens to no signal any more once it is over', async () => {
    const queue = new WaitQueue<number>();
    const caller = new AbortController();
    const add = jest.spyOn(caller.signal, 'addEventListener');
    const remove = jest.spyOn(caller.signal, 'removeEventListener');
    const place = queue.wait(caller.signal);
    queue.serve(() => 1);
    await place;
    expect(remove.mock.calls.map(([type, listener]) => [type, listener])).toEqual(
      add.mock.calls.map(([type, listener]) => [type, listener]),
    );
  });
});
