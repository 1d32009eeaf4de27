import { type ChannelListener } from '#database';
import { FakeClock } from '../../../../llm/src/testing/fake-clock.js';
import { ChatObserver } from '../../model/chat-observer.js';
import { type HeldRun, type RenewedRun } from '../../store/lease-store.js';
import { sampleTurn } from '../../testing/sample-turn.js';
import { LiveRun } from '../generation/live-run.js';
import { LiveRuns } from '../generation/live-runs.js';
import { Leases } from './leases.js';

/** Not divisible by three. */
const leaseMs = 2_999;
const heartbeatMs = 1_000;

const settled = (): Promise<void> => new Promise(setImmediate);

describe('Leases', () => {
  let clock: FakeClock;
  let live: LiveRuns;
  let leases: Leases;
  let listener: ChannelListener;
  let renewals: { held: readonly HeldRun[]; signal: AbortSignal }[];
  let renew: (signal: AbortSignal) => Promise<RenewedRun[]>;
  let claims: number;
  let polls: number;
  let errors: Error[];

  const advance = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 100) {
      clock.advance(Math.min(100, ms - passed));
      await settled();
    }
  };

  beforeEach(async () => {
    clock = new FakeClock();
    live = new LiveRuns();
    renewals = [];
    renew = async () => [];
    claims = 0;
    polls = 0;
    errors = [];
    const observer = new ChatObserver();
    observer.on('leaseFailed', (error) => errors.push(error));
    const store = {
      renew: (held: readonly HeldRun[], _: number, signal: AbortSignal) => {
        renewals.push({ held, signal });
        return renew(signal);
      },
    };
    const notifications = {
      listen: async (_: string, subscribed: ChannelListener) => void (listener = subscribed),
    };
    const queue = { poll: async () => void (polls += 1) };
    const takeover = { claim: async () => void (claims += 1) };
    leases = new Leases(store, notifications, live, queue, takeover, observer, clock, { leaseMs });
    await leases.onApplicationBootstrap();
    await settled();
  });
  afterEach(() => leases.stop());

  it('renews, polls the queue and claims at the start and in each heartbeat', async () => {
    expect([renewals.length, polls, claims]).toEqual([1, 1, 1]);
    await advance(heartbeatMs * 3);
    expect([renewals.length, polls, claims]).toEqual([4, 4, 4]);
  });

  it('renews each run with its fencing token', async () => {
    live.add(new LiveRun({ ...sampleTurn(), fence: 7 }));
    renew = async () => [{ id: 'r1', is_cancel_requested: false }];
    await advance(heartbeatMs);
    expect(renewals.at(-1)!.held).toEqual([{ id: 'r1', fence: 7 }]);
  });

  it.each<[string, RenewedRun[], string | undefined]>([
    ['keeps a run whose lease was renewed', [{ id: 'r1', is_cancel_requested: false }], undefined],
    [
      'cancels a run whose cancellation was requested',
      [{ id: 'r1', is_cancel_requested: true }],
      'cancelled',
    ],
    ['stops a run that another replica holds', [], 'lost'],
  ])('%s', async (_, renewed, stopped) => {
    const run = new LiveRun(sampleTurn());
    live.add(run);
    renew = async () => renewed;
    await advance(heartbeatMs);
    expect(run.stopped).toBe(stopped);
  });

  it('keeps a run that began while the leases of others were being renewed', async () => {
    const { promise, resolve } = Promise.withResolvers<RenewedRun[]>();
    renew = () => promise;
    await advance(heartbeatMs);
    const run = new LiveRun(sampleTurn());
    live.add(run);
    resolve([]);
    await settled();
    expect(run.stopped).toBeUndefined();
  });

  it('claims nothing after an outage until other replicas could renew their leases', async () => {
    renew = () => Promise.reject(new Error('unavailable'));
    await advance(leaseMs * 2);
    expect(errors.length).toBeGreaterThan(1);
    renew = async () => [];
    await advance(heartbeatMs);
    expect(claims).toBe(1);
    await advance(leaseMs);
    expect(claims).toBeGreaterThan(1);
  });

  it('cancels a renewal that takes as long as a heartbeat, and tries again', async () => {
    renew = (signal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
    await advance(heartbeatMs * 2);
    expect(errors.map(({ name }) => name)).toEqual(['TimeoutError']);
    renew = async () => [];
    await advance(heartbeatMs);
    expect(renewals.at(-1)!.signal.aborted).toBe(false);
  });

  it('claims immediately when runs are handed over, once for many, and again after a current heartbeat', async () => {
    const { promise, resolve } = Promise.withResolvers<RenewedRun[]>();
    renew = () => promise;
    for (let count = 0; count < 100; count += 1) listener.onMessage('r1');
    expect(renewals).toHaveLength(2);
    resolve([]);
    await settled();
    expect([renewals.length, claims]).toEqual([3, 3]);
  });

  it('sends no heartbeat after it was stopped', async () => {
    await leases.stop();
    listener.onMessage('r1');
    await advance(leaseMs);
    expect([renewals.length, clock.pending]).toEqual([1, 0]);
  });
});
