import { jest } from '@jest/globals';
import { OwnerMemoryError, ProcessMemoryError } from './errors.js';
import { MemoryBudget } from './memory-budget.js';

const budget = () => new MemoryBudget({ ownerBytes: 10, processBytes: 15, maxWaiting: 2, waitMs: 1_000 });

/** Whether a promise has already resolved. */
async function hasResolved(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  return (
    (await Promise.race([promise, new Promise((resolve) => setImmediate(resolve, pending))])) !== pending
  );
}

describe('MemoryBudget', () => {
  afterEach(() => void jest.useRealTimers());

  it('grants free memory to other owners while one owner waits for its own', async () => {
    const memory = budget();
    const first = await memory.reserve('ann', 8);
    const second = memory.reserve('ann', 8);
    await memory.reserve('bob', 7);
    expect(await hasResolved(second)).toBe(false);
    first.release();
    first.release();
    await second;
  });

  it('grants the memory that resize releases', async () => {
    const memory = budget();
    const first = await memory.reserve('ann', 10);
    const second = memory.reserve('ann', 6);
    first.resize(4);
    await second;
    first.release();
    first.resize(10);
    await memory.reserve('ann', 4);
  });

  it('grants the whole share to a response that is larger than it', async () => {
    const memory = budget();
    const huge = await memory.reserve('ann', 1_000);
    const next = memory.reserve('ann', 1);
    expect(await hasResolved(next)).toBe(false);
    huge.release();
    await next;
  });

  it('rejects after waitMs with the error for the owner or the process', async () => {
    jest.useFakeTimers();
    const memory = budget();
    await memory.reserve('ann', 10);
    const rejected = [memory.reserve('ann', 1), memory.reserve('bob', 6)].map((promise) =>
      promise.catch((error: unknown) => error),
    );
    jest.advanceTimersByTime(1_000);
    const [ofOwner, ofProcess] = await Promise.all(rejected);
    expect(ofOwner).toBeInstanceOf(OwnerMemoryError);
    expect(ofProcess).toBeInstanceOf(ProcessMemoryError);
  });

  it('rejects immediately if too many requests of an owner wait', async () => {
    const memory = budget();
    await memory.reserve('ann', 10);
    const disconnect = new AbortController();
    const waiting = [1, 2].map(() =>
      memory.reserve('ann', 1, disconnect.signal).catch((error: Error) => error.name),
    );
    await expect(memory.reserve('ann', 1)).rejects.toThrow(OwnerMemoryError);
    disconnect.abort();
    expect(await Promise.all(waiting)).toEqual(['AbortError', 'AbortError']);
  });
});
