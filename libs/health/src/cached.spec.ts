import { jest } from '@jest/globals';
import { Cached } from './cached.js';

function createCached(ttlMs: number) {
  const time = { now: 1_000 };
  const settle: { resolve: (value: string) => void; reject: (error: Error) => void }[] = [];
  const find = jest.fn(() => new Promise<string>((resolve, reject) => void settle.push({ resolve, reject })));
  return { time, settle, find, cached: new Cached(find, ttlMs, () => time.now) };
}

describe('Cached', () => {
  it('shares a pending call among concurrent callers', async () => {
    const { cached, find, settle } = createCached(0);
    const callers = [cached.get(), cached.get(), cached.get()];
    settle[0]?.resolve('found');
    expect(await Promise.all(callers)).toEqual(['found', 'found', 'found']);
    expect(find).toHaveBeenCalledTimes(1);
  });

  it.each([
    { ttlMs: 100, laterMs: 0, calls: 1 },
    { ttlMs: 100, laterMs: 99, calls: 1 },
    { ttlMs: 100, laterMs: 100, calls: 2 },
    { ttlMs: 0, laterMs: 0, calls: 2 },
  ])('with a TTL of $ttlMs ms, a second get after $laterMs ms makes $calls calls in total', async (row) => {
    const { cached, find, settle, time } = createCached(row.ttlMs);
    const first = cached.get();
    time.now += 5_000;
    settle[0]?.resolve('first');
    await first;
    time.now += row.laterMs;
    const second = cached.get();
    settle[1]?.resolve('second');
    expect(await second).toBe(row.calls === 1 ? 'first' : 'second');
    expect(find).toHaveBeenCalledTimes(row.calls);
  });

  it('rejects all waiting callers on failure, and then tries again', async () => {
    const { cached, find, settle } = createCached(100);
    const callers = [cached.get(), cached.get()];
    settle[0]?.reject(new Error('gone'));
    for (const caller of callers) await expect(caller).rejects.toThrow('gone');
    const again = cached.get();
    settle[1]?.resolve('back');
    expect(await again).toBe('back');
    expect(find).toHaveBeenCalledTimes(2);
  });

  it('rejects when the call throws synchronously, and then tries again', async () => {
    const find = jest.fn<() => Promise<string>>().mockImplementationOnce(() => {
      throw new Error('defect');
    });
    find.mockResolvedValueOnce('back');
    const cached = new Cached(find, 100, () => 0);
    await expect(cached.get()).rejects.toThrow('defect');
    expect(await cached.get()).toBe('back');
  });
});
