import { Injectable } from '@nestjs/common';
import { notFound, validationFailed } from '#problems';
import { parsePosition, type RunPosition, endOfRun } from '../../model/run-position.js';
import { StoredRun } from './stored-run.js';
import { type FollowableRun } from '../../model/followable-run.js';
import { RemoteRuns } from './remote-runs.js';
import { RunArchive } from '../../store/run-archive.js';
import { StoredText } from '../../store/stored-text.js';
import { TextSliceCache } from '../../store/text-slice-cache.js';
import { LiveRuns } from '../generation/live-runs.js';

/** A run and the position to follow it from; undefined when the reader has received everything. */
export type RunAtPosition = { run: FollowableRun; after: RunPosition | undefined } | undefined;

/** Finds a run to follow: in this process, on another replica, or in the database after its end. */
@Injectable()
export class RunLocator {
  readonly #live: LiveRuns;
  readonly #remote: RemoteRuns;
  readonly #archive: RunArchive;
  readonly #slices: TextSliceCache;

  constructor(live: LiveRuns, remote: RemoteRuns, archive: RunArchive, slices: TextSliceCache) {
    this.#live = live;
    this.#remote = remote;
    this.#archive = archive;
    this.#slices = slices;
  }

  /**
   * Finds a run and the position to follow it from.
   * @param position the id of the last event that the reader has received; empty: from the beginning
   * @param field the name of the query parameter or header that contained the position, for the error
   * @throws Problem 404 if the owner has no such run; 400 if the position is not a valid event id
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
   * Finds a run of this owner, whichever replica generates it. Undefined if the owner has no such run.
   */
  async find(owner: string, id: string): Promise<FollowableRun | undefined> {
    const live = this.#live.get(id);
    if (live?.turn.owner === owner) return live;
    const stored = await this.#archive.withoutLongAnswer(owner, id);
    if (stored === undefined) return undefined;
    const { turn, textAttempt, answerLength } = stored;
    if (turn.run.finished_at === null) return this.#remote.follow(turn);
    if (answerLength === undefined) return new StoredRun(turn, textAttempt);
    return new StoredRun(turn, textAttempt, new StoredText(this.#slices, turn, answerLength));
  }
}
