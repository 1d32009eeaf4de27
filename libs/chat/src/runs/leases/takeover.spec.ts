import { ChatObserver } from '../../model/chat-observer.js';
import { type GenerationRequest } from '../../model/generation-request.js';
import { type Turn } from '../../model/turn.js';
import { type ClaimedRun, maxClaims } from '../../store/claim-runs.js';
import { sampleTurn } from '../../testing/sample-turn.js';
import { LiveRun } from '../generation/live-run.js';
import { LiveRuns } from '../generation/live-runs.js';
import { type RunOutcome } from '../generation/run-outcome.js';
import { Takeover } from './takeover.js';

const request: GenerationRequest = { metadata: {}, settings: { stream: true } };

const claimed = (values: Partial<ClaimedRun> = {}): ClaimedRun => ({
  id: 'r1',
  owner: 'local',
  status: 'in_progress',
  fence: 2,
  request,
  generation: 2,
  crashes: 1,
  is_cancel_requested: false,
  content: 'Hel',
  ...values,
});

/** A takeover whose store returns one batch of claimed runs per call. */
function setUp(batches: ClaimedRun[][], stored: Turn | undefined = sampleTurn()) {
  const live = new LiveRuns();
  const llm = { hasCapacity: true };
  const excluded: (readonly string[])[] = [];
  const started: { turn: Turn; generation: number | undefined }[] = [];
  const ended: { turn: Turn; outcome: RunOutcome; textAttempt: number }[] = [];
  const counts: number[] = [];
  const observer = new ChatObserver();
  observer.on('runsClaimed', (count) => counts.push(count));
  const takeover = new Takeover(
    {
      claim: async (_, own) => {
        excluded.push(own);
        return batches.shift() ?? [];
      },
    },
    {
      turn: async () =>
        stored === undefined ? undefined : { turn: stored, textAttempt: 1, generation: request },
    },
    {
      start: (_, turn, __, generation) => {
        started.push({ turn, generation });
        return new LiveRun(turn);
      },
      end: async (turn, outcome, textAttempt) => void ended.push({ turn, outcome, textAttempt }),
    },
    live,
    llm,
    observer,
    {},
  );
  return { takeover, live, llm, excluded, started, ended, counts };
}

describe('Takeover', () => {
  it('generates the run of a dead replica again, with the fencing token of the claim', async () => {
    const { takeover, started, ended, counts } = setUp([[claimed()]], { ...sampleTurn(), fence: 9 });
    await takeover.claim();
    expect(started).toMatchObject([{ turn: { fence: 2 }, generation: 2 }]);
    expect([ended, counts]).toEqual([[], [1]]);
  });

  it('ends a run after the second crash with its stored text, as a new attempt', async () => {
    const { takeover, started, ended } = setUp([[claimed({ generation: 3, crashes: 2 })]]);
    await takeover.claim();
    expect(started).toEqual([]);
    expect(ended).toMatchObject([
      {
        outcome: { status: 'incomplete', content: 'Hel', error: { code: 'server_restart' } },
        textAttempt: 2_001,
      },
    ]);
  });

  it('ends a run whose cancellation was requested', async () => {
    const { takeover, ended } = setUp([[claimed({ is_cancel_requested: true, content: null })]]);
    await takeover.claim();
    expect(ended).toMatchObject([{ outcome: { status: 'cancelled', content: '' } }]);
  });

  it('does not generate a run again whose text must not start over', async () => {
    const never = { ...request, settings: { stream: true, restart: 'never' as const } };
    const { takeover, ended } = setUp([[claimed({ request: never })]]);
    await takeover.claim();
    expect(ended).toMatchObject([{ outcome: { status: 'incomplete' } }]);
  });

  it('ignores a run that was deleted after the claim', async () => {
    const { takeover, started, ended } = setUp([[claimed()]]);
    const deleted = setUp([[claimed()]], undefined);
    await Promise.all([takeover.claim(), deleted.takeover.claim()]);
    expect([started.length, ended.length]).toEqual([1, 0]);
    expect(deleted.ended).toEqual([]);
  });

  it('never claims runs of this process', async () => {
    const { takeover, live, excluded } = setUp([]);
    live.add(new LiveRun(sampleTurn()));
    await takeover.claim();
    expect(excluded).toEqual([['r1']]);
  });

  it('claims again after a full batch', async () => {
    const full = Array.from({ length: maxClaims }, (_, index) => claimed({ id: `r${index}` }));
    const { takeover, started, counts } = setUp([full, [claimed()]]);
    await takeover.claim();
    expect([started.length, counts]).toEqual([maxClaims + 1, [maxClaims, 1]]);
  });

  it('claims nothing while the queue for the LLM is full, nor after it was stopped', async () => {
    const { takeover, llm, excluded } = setUp([[claimed()]]);
    llm.hasCapacity = false;
    await takeover.claim();
    llm.hasCapacity = true;
    takeover.stop();
    await takeover.claim();
    await takeover.settled();
    expect(excluded).toEqual([]);
  });
});
