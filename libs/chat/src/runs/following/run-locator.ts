import { Injectable } from '@nestjs/common';
import { notFound, validationFailed } from '#problems';
import { parsePosition, type RunPosition, endOfRun } from '../../model/run-position.js';
import { StoredRun } from './stored-run.js';
import { type FollowableRun } from '../../model/followable-run.js';
import { RemoteRuns } from './remote-runs.js';
import { RunArchive } from '../../store/run-archive.js';
import { StoredText } from '../../store/stored-text.js';
import { StoredTexts } from '../../store/stored-texts.js';
import { LiveRuns } from '../generation/live-runs.js';

/** A run to be followed from a position on; undefined when nothing is left to be told. */
export type RunAtPosition = { run: FollowableRun; after: RunPosition | undefined } | undefined;

/** Finds the run that somebody wants to follow: here, on another replica, or in the past. */
@Injectable()
export class RunLocator {
  readonly #live: LiveRuns;
  readonly #remote: RemoteRuns;
  readonly #archive: RunArchive;
  readonly #texts: StoredTexts;

  constructor(live: LiveRuns, remote: RemoteRuns, archive: RunArchive, texts: StoredTexts) {
    this.#live = live;
    this.#remote = remote;
    this.#archive = archive;
    this.#texts = texts;
  }

  /**
   * @param position the id of the last event that the reader has; empty: from the beginning
   * @param field the name under which it was given
   * @throws Problem 404; 400 for a position that is none
   */
  async locate(owner: string, id: string, position: string, field: string): Promise<RunAtPosition> {
    const after = position === '' ? undefined : parsePosition(position);
    if (position !== '' && after === undefined) {
      throw validationFailed([
        { field, code: 'is_event_id', detail: 'must be the id of an event, such as 1.17' },
      ]);
    }
    await this.#archive.read(owner, id);
    const run = await this.find(owner, id);
    if (run === undefined) throw notFound('run', id);
    if (after === endOfRun) return run.isFinished ? undefined : { run, after: undefined };
    return { run, after };
  }

  /**
   * A run of this owner, on whichever replica it is generated; undefined if it does not exist or is another owner's.
   */
  async find(owner: string, id: string): Promise<FollowableRun | undefined> {
    const live = this.#live.get(id);
    if (live?.turn.owner === owner) return live;
    const stored = await this.#archive.withoutLongAnswer(owner, id);
    if (stored === undefined) return undefined;
    const { turn, textAttempt, answerLength } = stored;
    if (turn.run.finished_at === null) return this.#remote.follow(turn);
    if (answerLength === undefined) return new StoredRun(turn, textAttempt);
    return new StoredRun(turn, textAttempt, new StoredText(this.#texts, turn, answerLength));
  }
}
