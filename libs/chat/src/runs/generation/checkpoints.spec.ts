import { FakeClock } from '../../../../llm/src/testing/fake-clock.js';
import { ChatObserver } from '../../model/chat-observer.js';
import { chatDefaults } from '../../options/chat-options.js';
import { type CheckpointRow } from '../../store/checkpoint-store.js';
import { sampleTurn } from '../../testing/sample-turn.js';
import { Checkpoints } from './checkpoints.js';
import { LiveRun } from './live-run.js';
import { LiveRuns } from './live-runs.js';

const settled = (): Promise<void> => new Promise(setImmediate);

describe('Checkpoints', () => {
  let clock: FakeClock;
  let live: LiveRuns;
  let checkpoints: Checkpoints;
  let saved: (readonly CheckpointRow[])[];
  let save: () => Promise<void>;
  let published: string[];
  let errors: Error[];

  const interval = async (): Promise<void> => {
    clock.advance(chatDefaults.checkpointMs);
    await settled();
  };
  const begin = (runId = 'r1'): LiveRun => {
    const run = new LiveRun(sampleTurn({ runId }));
    live.add(run);
    return run;
  };

  beforeEach(() => {
    clock = new FakeClock();
    live = new LiveRuns();
    saved = [];
    save = async () => undefined;
    published = [];
    errors = [];
    const observer = new ChatObserver();
    observer.on('checkpointFailed', (error) => errors.push(error));
    checkpoints = new Checkpoints(
      { save: (rows) => (saved.push(rows), save()) },
      live,
      { publish: ({ id }) => void published.push(id) },
      observer,
      clock,
    );
    checkpoints.onApplicationBootstrap();
  });
  afterEach(() => checkpoints.onApplicationShutdown());

  it('stores the new text of all runs in one statement, and then notifies other replicas', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    save = () => promise;
    begin('r1').append('Hel');
    begin('r2').append('Good');
    begin('r3');
    await interval();
    expect(saved).toMatchObject([
      [
        { run_id: 'r1', fence: 1, attempt: 1, char_offset: 0, content: 'Hel' },
        { run_id: 'r2', content: 'Good' },
      ],
    ]);
    expect(published).toEqual([]);
    resolve();
    await settled();
    expect(published).toEqual(['r1', 'r2']);
  });

  it('continues where the previous checkpoint ended, and stores nothing without new text', async () => {
    const run = begin();
    run.append('Hel');
    await interval();
    await interval();
    run.append('lo');
    run.append('!');
    await interval();
    expect(saved.flat().map(({ char_offset, content }) => [char_offset, content])).toEqual([
      [0, 'Hel'],
      [3, 'lo!'],
    ]);
  });

  it('starts at the beginning with the text of a new attempt', async () => {
    const run = begin();
    run.append('wrong');
    await interval();
    run.startOver(2, { endpoint: 'ws://b', endpointLabel: 'b', reason: 'connection_closed' });
    run.append('right');
    await interval();
    expect(saved.at(-1)).toMatchObject([{ attempt: 2, char_offset: 0, content: 'right' }]);
  });

  it('repeats a failed checkpoint with all text since the last one that was stored', async () => {
    const run = begin();
    run.append('Hel');
    save = () => Promise.reject(new Error('unavailable'));
    await interval();
    save = async () => undefined;
    run.append('lo');
    await interval();
    expect(saved.at(-1)).toMatchObject([{ char_offset: 0, content: 'Hello' }]);
    expect([errors.length, published]).toEqual([1, ['r1']]);
  });

  it('waits for the previous checkpoint, and the end of a run waits for its checkpoint', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    save = () => promise;
    const run = begin();
    run.append('Hel');
    await interval();
    run.append('lo');
    await interval();
    expect(saved).toHaveLength(1);
    let hasEnded = false;
    const ending = run.end().then(() => (hasEnded = true));
    await settled();
    expect(hasEnded).toBe(false);
    resolve();
    await ending;
  });

  it('stores nothing of a run whose end is being stored', async () => {
    const run = begin();
    run.append('Hello');
    await run.end();
    await interval();
    expect(saved).toEqual([]);
  });
});
