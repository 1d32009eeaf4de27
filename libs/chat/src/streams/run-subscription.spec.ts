import { type FollowableRun } from '../model/followable-run.js';
import { RemoteRun } from '../runs/following/remote-run.js';
import { LiveRun } from '../runs/generation/live-run.js';
import { sampleTurn } from '../testing/sample-turn.js';
import { RunCursor } from './run-cursor.js';
import { RunSubscription } from './run-subscription.js';

const eventTypes = (text: string): string[] => [...text.matchAll(/^event: (.*)$/gm)].map(([, type]) => type!);

describe('RunSubscription', () => {
  it('ends without run.finished when the run is lost', () => {
    const run = new LiveRun(sampleTurn());
    const subscription = new RunSubscription(run, new RunCursor());
    run.append('a');
    run.lose(new Error('taken over'));
    expect(eventTypes(subscription.next() as string).at(-1)).toBe('message.delta');
    expect([subscription.next(), subscription.isFinished]).toEqual(['', true]);
  });

  it('follows a run to the replica that takes it over, and announces that the text restarts', async () => {
    const run = new LiveRun(sampleTurn());
    const remote = new RemoteRun(run.turn);
    const subscription = new RunSubscription<FollowableRun>(run, new RunCursor(), () =>
      Promise.resolve(remote),
    );
    let changes = 0;
    subscription.listen(() => (changes += 1));
    run.append('wrong');
    expect(eventTypes(subscription.next() as string)).toContain('message.delta');
    run.lose(new Error('taken over'));
    expect(changes).toBe(2);
    expect(await subscription.next()).toBe('');
    remote.update(1001, 'right');
    expect(changes).toBe(3);
    const events = await subscription.next();
    expect(eventTypes(events)).toEqual(['run.retrying', 'message.delta']);
    expect(events).toContain('"delta":"right"');
    run.append('ignored');
    expect(changes).toBe(3);
  });

  it('ends when a lost run was deleted', async () => {
    const run = new LiveRun(sampleTurn());
    const subscription = new RunSubscription(run, new RunCursor(), () => Promise.resolve(undefined));
    run.lose(new Error('deleted'));
    expect(eventTypes(subscription.next() as string)).toEqual(['run.started', 'message.created']);
    expect([await subscription.next(), subscription.isFinished]).toEqual(['', true]);
  });

  it('does not listen to a run that is found after it was closed', async () => {
    const run = new LiveRun(sampleTurn());
    const remote = new RemoteRun(run.turn);
    const subscription = new RunSubscription<FollowableRun>(run, new RunCursor(), () =>
      Promise.resolve(remote),
    );
    subscription.listen(() => undefined);
    run.lose(new Error('taken over'));
    void subscription.next();
    const next = subscription.next();
    subscription.close();
    expect(await next).toBe('');
    expect(remote.hasListeners).toBe(false);
  });
});
