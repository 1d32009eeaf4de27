import { jest } from '@jest/globals';
import { chatDefaults } from '../options/chat-options.js';
import { SearchLimits } from './search-limits.js';

/** A search that ends when the test ends it, or when its signal is aborted. */
function openSearch(limits: SearchLimits, owner: string, client?: AbortSignal) {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let isRunning = false;
  const page = limits.run(owner, client, (signal) => {
    isRunning = true;
    signal.addEventListener('abort', () => reject(signal.reason as Error));
    return promise;
  });
  page.catch(() => undefined);
  return { page, end: () => resolve(owner), isRunning: () => isRunning };
}

const settle = () => new Promise(setImmediate);

describe('SearchLimits', () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] }));
  afterEach(() => jest.useRealTimers());

  it('runs one search of each owner at a time, and leaves a slot for other owners', async () => {
    const limits = new SearchLimits({ poolSize: 10, ownerShare: 0.8 });
    const searches = ['ann', 'ann', 'ann', 'bob'].map((owner) => openSearch(limits, owner));
    await settle();
    expect(searches.map(({ isRunning }) => isRunning())).toEqual([true, false, false, true]);
    searches[0]!.end();
    expect(await searches[0]!.page).toBe('ann');
    await settle();
    expect(searches.map(({ isRunning }) => isRunning())).toEqual([true, true, false, true]);
  });

  it('uses all slots for a single owner', async () => {
    const limits = new SearchLimits({ poolSize: 10, ownerShare: 1 });
    const searches = ['local', 'local', 'local'].map((owner) => openSearch(limits, owner));
    await settle();
    expect(searches.map(({ isRunning }) => isRunning())).toEqual([true, true, false]);
  });

  it('refuses searches immediately and with a named error if the queue is full', async () => {
    const limits = new SearchLimits({ poolSize: 10, ownerShare: 0.8 });
    const anns = Array.from({ length: 40 }, () => openSearch(limits, 'ann'));
    await expect(anns.at(-1)!.page).rejects.toMatchObject({ code: 'owner_limit', retryable: true });
    const bobs = openSearch(limits, 'bob');
    await settle();
    expect(bobs.isRunning()).toBe(true);
  });

  it('ends a search that waits or runs for too long', async () => {
    const limits = new SearchLimits({ poolSize: 1, ownerShare: 0.8, timeoutMs: 10_000 });
    const running = openSearch(limits, 'ann');
    const waiting = openSearch(limits, 'bob');
    await settle();
    jest.advanceTimersByTime(chatDefaults.searchQueueMs);
    await expect(waiting.page).rejects.toMatchObject({ status: 503, code: 'search_overloaded' });
    jest.advanceTimersByTime(10_000);
    await expect(running.page).rejects.toMatchObject({ status: 503, code: 'search_timeout' });
    const next = openSearch(limits, 'eve');
    await settle();
    expect(next.isRunning()).toBe(true);
  });

  it('ends when the client disconnects, and releases the slot', async () => {
    const limits = new SearchLimits({ poolSize: 1, ownerShare: 0.8 });
    const client = new AbortController();
    const search = openSearch(limits, 'ann', client.signal);
    await settle();
    client.abort(new Error('disconnected'));
    await expect(search.page).rejects.toThrow('disconnected');
    const next = openSearch(limits, 'bob');
    await settle();
    expect([search.isRunning(), next.isRunning()]).toEqual([true, true]);
  });
});
