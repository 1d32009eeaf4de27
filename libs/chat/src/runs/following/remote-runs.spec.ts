import { FakeClock } from '../../../../llm/src/testing/fake-clock.js';
import { ChatObserver } from '../../model/chat-observer.js';
import { type GenerationRequest } from '../../model/generation-request.js';
import { type Turn } from '../../model/turn.js';
import { type RunNotificationListener } from '../../notify/run-notifications.js';
import { chatDefaults } from '../../options/chat-options.js';
import { type KnownText, type PolledRun } from '../../store/poll-runs.js';
import { sampleTurn } from '../../testing/sample-turn.js';
import { RemoteRuns } from './remote-runs.js';

const settled = (): Promise<void> => new Promise(setImmediate);
const request: GenerationRequest = { metadata: {}, settings: { stream: true } };

describe('RemoteRuns', () => {
  let clock: FakeClock;
  let runs: RemoteRuns;
  let listener: RunNotificationListener;
  let notifications: { isReceiving: boolean; subscribe: (added: RunNotificationListener) => void };
  /** What the database has, by run id. */
  let stored: Map<string, Omit<PolledRun, 'id'>>;
  let polls: (readonly KnownText[])[];
  let poll: (known: readonly KnownText[]) => Promise<PolledRun[]>;
  let finalTurn: Turn;
  let errors: Error[];

  const advance = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await settled();
  };
  /** Follows a run with one listener, which counts its changes. */
  const follow = async (runId = 'r1') => {
    const run = await runs.follow(sampleTurn({ runId }));
    let changes = 0;
    const unlisten = run.listen(() => (changes += 1));
    return { run, unlisten, changes: () => changes };
  };

  beforeEach(() => {
    clock = new FakeClock();
    stored = new Map([['r1', { status: 'in_progress', attempt: 1, content: 'Hel' }]]);
    polls = [];
    poll = async (known) =>
      known.flatMap(({ id, attempt, chars }) => {
        const run = stored.get(id);
        const content = run && (run.attempt === attempt ? (run.content as string).slice(chars) : run.content);
        return run === undefined ? [] : [{ ...run, id, content } as PolledRun];
      });
    notifications = { isReceiving: true, subscribe: (added) => void (listener = added) };
    finalTurn = sampleTurn();
    errors = [];
    const observer = new ChatObserver();
    observer.on('followFailed', (error) => errors.push(error));
    runs = new RemoteRuns(
      { poll: (known) => (polls.push(known), poll(known)) },
      { turn: async () => ({ turn: finalTurn, textAttempt: 1, generation: request }) },
      notifications,
      observer,
      clock,
    );
  });
  afterEach(() => runs.onApplicationShutdown());

  it('returns the same run to concurrent followers: only one object per run is updated', async () => {
    const [first, second] = await Promise.all([runs.follow(sampleTurn()), runs.follow(sampleTurn())]);
    expect(first).toBe(second);
  });

  it('reads a run after a notification of it, and only the text after the known part', async () => {
    const { run } = await follow();
    stored.set('r1', { status: 'in_progress', attempt: 1, content: 'Hello' });
    listener.onChange('another run', 'c1');
    listener.onChange('r1', 'c1');
    await settled();
    expect(run.answer.pieces).toEqual(['Hel', 'lo']);
    expect(polls).toEqual([[{ id: 'r1', attempt: 1, chars: 0 }], [{ id: 'r1', attempt: 1, chars: 3 }]]);
  });

  it('reads runs that change during a poll together afterwards', async () => {
    await follow('r1');
    await follow('r2');
    const { promise, resolve } = Promise.withResolvers<PolledRun[]>();
    const answer = poll;
    poll = () => promise;
    listener.onChange('r1', 'c1');
    listener.onChange('r2', 'c1');
    listener.onChange('r1', 'c1');
    poll = answer;
    resolve([]);
    await settled();
    expect(polls.slice(2).map((known) => known.map(({ id }) => id))).toEqual([['r1'], ['r2']]);
  });

  it.each([
    [true, chatDefaults.followPollMs],
    [false, chatDefaults.checkpointMs],
  ])(
    'polls without a notification, with LISTEN working: %s, every %i ms',
    async (isReceiving, intervalMs) => {
      notifications.isReceiving = isReceiving;
      const { run } = await follow();
      await advance(chatDefaults.checkpointMs);
      const before = polls.length;
      stored.set('r1', { status: 'in_progress', attempt: 1, content: 'Hello' });
      await advance(intervalMs - 1);
      expect(polls).toHaveLength(before);
      await advance(1);
      expect([polls.length, run.answer.toString()]).toEqual([before + 1, 'Hello']);
    },
  );

  it('reads all followed runs when notifications may have been missed', async () => {
    const { changes } = await follow();
    stored.set('r1', { status: 'in_progress', attempt: 1, content: 'Hello' });
    listener.onGap();
    await settled();
    expect(changes()).toBe(1);
  });

  it('starts over with the text of another attempt', async () => {
    const { run } = await follow();
    stored.set('r1', { status: 'in_progress', attempt: 1001, content: 'Good' });
    listener.onChange('r1', 'c1');
    await settled();
    expect([run.attempt, run.answer.pieces, run.restart?.reason]).toEqual([1001, ['Good'], 'server_restart']);
  });

  it('ends a run with the stored turn, and polls it no more', async () => {
    const { run } = await follow();
    stored.set('r1', { status: 'completed', attempt: 1, content: '' });
    finalTurn = { ...finalTurn, reply: { ...finalTurn.reply, content: 'Hello', status: 'completed' } };
    listener.onChange('r1', 'c1');
    await settled();
    expect([run.isFinished, run.answer.toString(), run.turn]).toEqual([true, 'Hello', finalTurn]);
    expect(clock.pending).toBe(0);
  });

  it('loses a run that was deleted', async () => {
    const { run } = await follow();
    stored.delete('r1');
    listener.onChange('r1', 'c1');
    await settled();
    expect([run.isLost, run.isFinished]).toEqual([true, false]);
  });

  it('stops polling a run without listeners', async () => {
    const { unlisten } = await follow();
    unlisten();
    await advance(chatDefaults.checkpointMs);
    expect([polls.length, clock.pending]).toEqual([1, 0]);
  });

  it('polls again after a failed poll', async () => {
    const { run } = await follow();
    const answer = poll;
    poll = () => Promise.reject(new Error('unavailable'));
    listener.onChange('r1', 'c1');
    await settled();
    expect(errors).toHaveLength(1);
    poll = answer;
    stored.set('r1', { status: 'in_progress', attempt: 1, content: 'Hello' });
    await advance(chatDefaults.followPollMs);
    expect(run.answer.toString()).toBe('Hello');
  });
});
