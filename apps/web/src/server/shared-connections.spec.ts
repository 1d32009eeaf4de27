import { type ConnectionPermit } from '@parley/client';
import { SharedConnections, type SharedConnectionsOptions } from './shared-connections';

describe('SharedConnections', () => {
  const { signal } = new AbortController();
  let permits: ConnectionPermit[];

  beforeEach(() => void (permits = []));
  afterEach(() => {
    for (const permit of permits) permit.release();
  });
  /** The connections as one tab sees them; all tabs share the locks of the process. */
  const tab = (options: Partial<SharedConnectionsOptions> = {}): SharedConnections =>
    new SharedConnections({
      locks: navigator.locks,
      isHidden: () => false,
      minHoldMs: 0,
      checkMs: 1,
      ...options,
    });
  const acquire = async (connections: SharedConnections, aborted = signal): Promise<ConnectionPermit> => {
    const permit = await connections.acquire(aborted);
    permits.push(permit);
    return permit;
  };
  const isRevoked = ({ revoked }: ConnectionPermit): Promise<boolean> =>
    new Promise((resolve) => {
      if (revoked.aborted) resolve(true);
      else revoked.addEventListener('abort', () => resolve(true));
    });
  const takeAll = (options: Partial<SharedConnectionsOptions> = {}): Promise<ConnectionPermit[]> =>
    Promise.all([1, 2, 3, 4].map(() => acquire(tab(options))));
  const isPending = async (promise: Promise<unknown>): Promise<boolean> => {
    const late = new Promise((resolve) => setTimeout(() => resolve('pending'), 20));
    return (await Promise.race([promise, late])) === 'pending';
  };

  it('lets ten streams take turns with four connections', async () => {
    const turns: number[] = [];
    const stream = async (number: number): Promise<void> => {
      for (let turn = 0; turn < 3; turn += 1) {
        const permit = await acquire(tab());
        turns.push(number);
        await Promise.race([isRevoked(permit), new Promise((resolve) => setTimeout(resolve, 30))]);
        permit.release();
      }
    };
    await Promise.all(Array.from({ length: 10 }, (_, number) => stream(number)));
    expect(turns).toHaveLength(30);
    expect((await navigator.locks.query()).held).toEqual([]);
  });

  it('revokes no connection while no stream waits', async () => {
    const all = await takeAll();
    expect(await isPending(Promise.race(all.map(isRevoked)))).toBe(true);
  });

  it('lets a visible tab keep its connection for the minimum time', async () => {
    await takeAll({ minHoldMs: 60_000 });
    expect(await isPending(acquire(tab()))).toBe(true);
    permits[0]!.release();
  });

  it('takes the connection of a hidden tab at once, and none for a hidden tab', async () => {
    const [hidden] = [await acquire(tab({ isHidden: () => true, minHoldMs: 60_000 }))];
    for (let count = 0; count < 3; count += 1) await acquire(tab({ minHoldMs: 60_000 }));
    const waits = acquire(tab());
    expect(await isRevoked(hidden)).toBe(true);
    hidden.release();
    await waits;
    const last = acquire(tab({ isHidden: () => true }));
    expect(await isPending(last)).toBe(true);
    permits[1]!.release();
    await last;
  });

  it('stops waiting when the stream is aborted', async () => {
    await takeAll({ minHoldMs: 60_000 });
    for (const isHidden of [true, false]) {
      const aborting = new AbortController();
      const waits = tab({ isHidden: () => isHidden }).acquire(aborting.signal);
      aborting.abort(new Error('left'));
      await expect(waits).rejects.toThrow('left');
    }
  });

  it('gives streams to visible tabs only, if the page has no locks', async () => {
    let isHidden = false;
    const connections = tab({ locks: undefined, isHidden: () => isHidden });
    const permit = await acquire(connections);
    isHidden = true;
    expect(await isRevoked(permit)).toBe(true);
    const next = acquire(connections);
    expect(await isPending(next)).toBe(true);
    isHidden = false;
    await next;
  });
});
