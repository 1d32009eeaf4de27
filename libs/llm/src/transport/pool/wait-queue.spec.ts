import { jest } from '@jest/globals';
import { WaitQueue } from './wait-queue.js';

const { signal } = new AbortController();
const rejected = new Error('rejected');

describe('WaitQueue', () => {
  it('serves in order of arrival', async () => {
    const queue = new WaitQueue<string>();
    const requests = [queue.wait(signal), queue.wait(signal)];
    expect(queue.size).toBe(2);
    expect([queue.serve(() => 'first'), queue.serve(() => 'second'), queue.serve(() => 'third')]).toEqual([
      true,
      true,
      false,
    ]);
    expect(await Promise.all(requests)).toEqual(['first', 'second']);
  });

  it('serves owners in turn, and skips those that may not be served', async () => {
    const queue = new WaitQueue<string>();
    const requests = ['ann', 'ann', 'bob'].map((owner) => queue.wait(signal, owner));
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
    expect(await Promise.all(requests)).toEqual(['1 for ann', '3 for ann', '2 for bob']);
  });

  it('removes an aborted request from the middle', async () => {
    const queue = new WaitQueue<number>();
    const leaver = new AbortController();
    const first = queue.wait(signal);
    const aborted = queue.wait(leaver.signal);
    const last = queue.wait(signal);
    leaver.abort(rejected);
    expect(queue.size).toBe(2);
    await expect(aborted).rejects.toBe(rejected);
    queue.serve(() => 1);
    queue.serve(() => 2);
    expect(await Promise.all([first, last])).toEqual([1, 2]);
  });

  it('rejects a request whose signal is already aborted', async () => {
    const queue = new WaitQueue<number>();
    await expect(queue.wait(AbortSignal.abort(rejected))).rejects.toBe(rejected);
    expect(queue.size).toBe(0);
  });

  it('delivers the value even if the signal is aborted afterwards, so that it can be given back', async () => {
    const queue = new WaitQueue<string>();
    const leaver = new AbortController();
    const request = queue.wait(leaver.signal);
    queue.serve(() => 'connection');
    leaver.abort(rejected);
    expect(await request).toBe('connection');
  });

  it('rejects the first request, or all', async () => {
    const queue = new WaitQueue<number>();
    const requests = Promise.allSettled([queue.wait(signal), queue.wait(signal), queue.wait(signal)]);
    queue.rejectNext(rejected);
    expect(queue.size).toBe(2);
    const closed = new Error('closed');
    queue.rejectAll(closed);
    expect(queue.size).toBe(0);
    queue.rejectNext(rejected);
    expect((await requests).map((request) => (request as PromiseRejectedResult).reason as Error)).toEqual([
      rejected,
      closed,
      closed,
    ]);
  });

  it('removes its listener from the signal', async () => {
    const queue = new WaitQueue<number>();
    const caller = new AbortController();
    const add = jest.spyOn(caller.signal, 'addEventListener');
    const remove = jest.spyOn(caller.signal, 'removeEventListener');
    const request = queue.wait(caller.signal);
    queue.serve(() => 1);
    await request;
    expect(remove.mock.calls.map(([type, listener]) => [type, listener])).toEqual(
      add.mock.calls.map(([type, listener]) => [type, listener]),
    );
  });
});
