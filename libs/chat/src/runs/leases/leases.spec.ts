import { jest } from '@jest/globals';
import { type SystemDatabase, type Notifications } from '#database';
import { ChatObserver } from '../../model/chat-observer.js';
import { sampleTurn } from '../../testing/sample-turn.js';
import { Leases } from './leases.js';
import { LiveRun } from '../generation/live-run.js';
import { LiveRuns } from '../generation/live-runs.js';
import { type RunQueue } from '../generation/run-queue.js';
import { type Takeover } from './takeover.js';

/** Not to be divided by three. */
const leaseMs = 2_999;

/** Mocked: the database, which may be away, what other replicas say, and time. */
describe('Leases', () => {
  let ask: () => Promise<Record<string, unknown>[]>;
  let signals: AbortSignal[];
  let claims: number;
  let tell: () => void;
  let live: LiveRuns;
  let leases: Leases;

  beforeEach(async () => {
    jest.useFakeTimers();
    ask = async () => [];
    signals = [];
    claims = 0;
    live = new LiveRuns();
    const database = {
      query: async (_: unknown, __: unknown, signal: AbortSignal) => (signals.push(signal), ask()),
    } as unknown as SystemDatabase;
    const notifications = {
      listen: async (_: string, { onMessage }: { onMessage: () => void }) => (tell = onMessage),
    } as unknown as Notifications;
    const queue = { poll: async () => undefined } as unknown as RunQueue;
    const takeover = { claim: async () => (claims += 1) } as unknown as Takeover;
    const options = { leaseMs, history: { maxMessages: 0, maxChars: 0 }, generation: {} };
    leases = new Leases(database, notifications, live, queue, takeover, new ChatObserver(), options);
    await leases.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(0);
  });
  afterEach(async () => {
    await leases.stop();
    jest.useRealTimers();
  });

  it('looks for abandoned runs at the start, and in each beat', async () => {
    expect(claims).toBe(1);
    await jest.advanceTimersByTimeAsync(leaseMs + 3);
    expect(claims).toBe(4);
  });

  it('takes nobody for dead after an outage until everybody could renew, even with nothing to renew itself', async () => {
    ask = async () => Promise.reject(new Error('away'));
    await jest.advanceTimersByTimeAsync(leaseMs * 2);
    ask = async () => [];
    await jest.advanceTimersByTimeAsync(leaseMs / 3 + 1);
    expect(claims).toBe(1);
    await jest.advanceTimersByTimeAsync(leaseMs + 3);
    expect(claims).toBeGreaterThan(1);
  });

  it('looks at once when it is told that something was let go of, once for many, and again if it was looking', async () => {
    const { promise, resolve } = Promise.withResolvers<Record<string, unknown>[]>();
    ask = () => promise;
    for (let told = 0; told < 100; told += 1) tell();
    expect(signals).toHaveLength(2);
    resolve([]);
    await jest.advanceTimersByTimeAsync(0);
    expect([signals.length, claims]).toEqual([3, 3]);
  });

  it('says nothing more once it is over', async () => {
    await leases.stop();
    tell();
    expect(signals).toHaveLength(1);
  });

  it.each([
    ['is kept while it is ours', [{ id: 'r1', is_cancel_requested: false }], undefined],
    ['is cancelled when somebody wants that', [{ id: 'r1', is_cancel_requested: true }], 'cancelled'],
    ['is lost when another one has it', [], 'lost'],
  ])('a run %s', async (_, rows, stopped) => {
    const run = new LiveRun(sampleTurn());
    live.add(run);
    ask = async () => rows;
    await jest.advanceTimersByTimeAsync(leaseMs / 3 + 1);
    expect(run.stopped).toBe(stopped);
  });
});
