import { Injectable } from '@nestjs/common';
import { unavailable } from '#problems';
import { type Turn } from '../../model/turn.js';
import { type FollowableRun } from '../../model/followable-run.js';
import { LiveRun, RunLostError } from '../generation/live-run.js';
import { RunArchive } from '../../store/run-archive.js';
import { RunLocator } from './run-locator.js';

/** Waits for the ends of runs, wherever they come to them. */
@Injectable()
export class RunCompletion {
  readonly #events: RunLocator;
  readonly #archive: RunArchive;

  constructor(events: RunLocator, archive: RunArchive) {
    this.#events = events;
    this.#archive = archive;
  }

  /**
   * The turn as it was stored at the end of its run. A run that is lost here is followed to where it went.
   * @throws RunLostError when it was deleted; Problem 503 when this server stops before
   */
  async wait(run: FollowableRun): Promise<Turn> {
    let followed: FollowableRun | undefined = run;
    while (followed !== undefined) {
      const turn: Turn | undefined =
        followed instanceof LiveRun ? await endOfLiveRun(followed) : await endOf(followed);
      if (turn !== undefined && followed.storedText === undefined) return turn;
      if (turn !== undefined) return this.#whole(turn);
      followed = await this.#events.find(run.turn.owner, run.turn.run.id);
    }
    throw new RunLostError('lost');
  }

  /** The whole answer, which followers do not get if it is long. */
  async #whole({ owner, run }: Turn): Promise<Turn> {
    const stored = await this.#archive.turn(owner, run.id);
    if (stored === undefined) throw new RunLostError('lost');
    return stored.turn;
  }
}

/** Undefined when the run was lost here. */
async function endOfLiveRun(run: LiveRun): Promise<Turn | undefined> {
  try {
    return await run.finished;
  } catch (error) {
    if (!(error instanceof RunLostError)) throw error;
    if (error.reason === 'lost') return undefined;
    const { id, conversation_id, message_id } = run.turn.run;
    throw unavailable(
      'server_restart',
      'This server stops before the answer is complete; another one goes on with it.',
      {
        fields: { conversation_id, message_id, run_id: id },
      },
    );
  }
}

function endOf(run: FollowableRun): Promise<Turn | undefined> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!run.isFinished && !run.isLost) return;
      unlisten();
      resolve(run.isFinished ? run.turn : undefined);
    };
    const unlisten = run.listen(look);
    look();
  });
}
