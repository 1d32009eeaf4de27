import { Injectable } from '@nestjs/common';
import { unavailable } from '#problems';
import { type Turn } from '../../model/turn.js';
import { type FollowableRun } from '../../model/followable-run.js';
import { LiveRun, RunLostError } from '../generation/live-run.js';
import { RunArchive } from '../../store/run-archive.js';
import { RunLocator } from './run-locator.js';

/** Waits for runs to end, whichever replica generates them. */
@Injectable()
export class RunCompletion {
  readonly #runs: RunLocator;
  readonly #archive: RunArchive;

  constructor(runs: RunLocator, archive: RunArchive) {
    this.#runs = runs;
    this.#archive = archive;
  }

  /**
   * Resolves with the stored turn when its run has ended. A run that another replica takes over is followed there.
   * @throws RunLostError if the run was deleted; Problem 503 `server_restart` if this server stops first
   */
  async wait(run: FollowableRun): Promise<Turn> {
    let followed: FollowableRun | undefined = run;
    while (followed !== undefined) {
      const turn: Turn | undefined =
        followed instanceof LiveRun ? await endOfLiveRun(followed) : await endOf(followed);
      if (turn !== undefined && followed.storedText === undefined) return turn;
      if (turn !== undefined) return this.#whole(turn);
      followed = await this.#runs.find(run.turn.owner, run.turn.run.id);
    }
    throw new RunLostError('lost');
  }

  /** Reads the turn with its answer, which a followed run leaves out if it is long. */
  async #whole({ owner, run }: Turn): Promise<Turn> {
    const stored = await this.#archive.turn(owner, run.id);
    if (stored === undefined) throw new RunLostError('lost');
    return stored.turn;
  }
}

/** Undefined if another replica has taken the run over. */
async function endOfLiveRun(run: LiveRun): Promise<Turn | undefined> {
  try {
    return await run.finished;
  } catch (error) {
    if (!(error instanceof RunLostError)) throw error;
    if (error.reason === 'lost') return undefined;
    const { id, conversation_id, message_id } = run.turn.run;
    throw unavailable(
      'server_restart',
      'This server stops before the answer is complete; another one continues it.',
      { fields: { conversation_id, message_id, run_id: id } },
    );
  }
}

function endOf(run: FollowableRun): Promise<Turn | undefined> {
  return new Promise((resolve) => {
    const check = (): void => {
      if (!run.isFinished && !run.isLost) return;
      unlisten();
      resolve(run.isFinished ? run.turn : undefined);
    };
    const unlisten = run.listen(check);
    check();
  });
}
