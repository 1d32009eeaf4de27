import { FakeClock } from '../../../llm/src/testing/fake-clock.js';
import { LiveRun, RunLostError } from '../runs/generation/live-run.js';
import { LiveRuns } from '../runs/generation/live-runs.js';
import { sampleTurn } from '../testing/sample-turn.js';
import { Drain } from './drain.js';

const drainTimeoutMs = 5_000;
const settled = (): Promise<void> => new Promise(setImmediate);

describe('Drain', () => {
  let clock: FakeClock;
  let live: LiveRuns;
  let drain: Drain;
  let events: string[];
  let turnsSettled: PromiseWithResolvers<void>;
  let claimsSettled: PromiseWithResolvers<void>;

  /** A run that ends as soon as it is stopped. */
  const begin = (runId: string, status: 'queued' | 'in_progress' = 'in_progress'): LiveRun => {
    const run = new LiveRun(sampleTurn({ runId, status }));
    live.add(run);
    run.signal.addEventListener('abort', () => {
      events.push(`${runId} ${run.stopped}`);
      live.delete(run);
      run.lose(new RunLostError('handed_over'));
    });
    return run;
  };
  const complete = (run: LiveRun): void => {
    live.delete(run);
    run.finish(run.turn);
  };

  beforeEach(() => {
    clock = new FakeClock();
    live = new LiveRuns();
    events = [];
    turnsSettled = Promise.withResolvers();
    claimsSettled = Promise.withResolvers();
    turnsSettled.resolve();
    claimsSettled.resolve();
    drain = new Drain(
      { stopAccepting: () => void events.push('no turns'), settled: () => turnsSettled.promise },
      live,
      { stop: () => void events.push('no claims'), settled: () => claimsSettled.promise },
      { stop: async () => void events.push('no leases') },
      {
        closeConnections: () => void events.push('no keep-alive'),
        closeAll: async () => void events.push('no streams'),
      },
      clock,
      { drainTimeoutMs },
    );
  });

  it('refuses turns and claims first', () => {
    drain.onModuleDestroy();
    expect(events).toEqual(['no turns', 'no claims', 'no keep-alive']);
  });

  it('lets runs finish, then closes the streams, and keeps the leases until the end', async () => {
    const run = begin('r1');
    const draining = drain.beforeApplicationShutdown();
    await settled();
    expect(events).toEqual([]);
    complete(run);
    await draining;
    expect([events, clock.pending]).toEqual([['no streams', 'no leases'], 0]);
  });

  it('hands over runs that have not finished within the drain timeout', async () => {
    begin('r1');
    const draining = drain.beforeApplicationShutdown();
    await settled();
    clock.advance(drainTimeoutMs - 1);
    await settled();
    expect(events).toEqual([]);
    clock.advance(1);
    await draining;
    expect(events).toEqual(['r1 handed_over', 'no streams', 'no leases']);
  });

  it('hands over queued runs immediately, before the drain timeout', async () => {
    const run = begin('r1');
    begin('r2', 'queued');
    const draining = drain.beforeApplicationShutdown();
    await settled();
    expect(events).toEqual(['r2 handed_over']);
    complete(run);
    await draining;
    expect(events).toEqual(['r2 handed_over', 'no streams', 'no leases']);
  });

  it('waits for turns that are being stored and runs that are being claimed', async () => {
    turnsSettled = Promise.withResolvers();
    claimsSettled = Promise.withResolvers();
    const draining = drain.beforeApplicationShutdown();
    await settled();
    expect(events).toEqual([]);
    const run = begin('r1');
    turnsSettled.resolve();
    await settled();
    claimsSettled.resolve();
    await settled();
    expect(events).toEqual([]);
    complete(run);
    await draining;
    expect(events).toEqual(['no streams', 'no leases']);
  });
});
