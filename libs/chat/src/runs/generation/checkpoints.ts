import { type Statement, SystemDatabase } from '#database';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { ChatObserver } from '../../model/chat-observer.js';
import { chatDefaults } from '../../options/chat-options.js';
import { smallBatchHint } from '../../store/batches.js';
import { type LiveRun } from './live-run.js';
import { LiveRuns } from './live-runs.js';
import { RunNotifications } from '../../notify/run-notifications.js';

/** A stretch of a run's text that is not in the database yet. */
interface CheckpointRow {
  /** Owner of the conversation; nothing is written if the conversation is another owner's. */
  owner: string;
  run_id: string;
  fence: number;
  attempt: number;
  char_offset: number;
  content: string;
}

/** A piece is written only while its run is this replica's, which nobody changes meanwhile, and only once. */
const savePieces: Statement = {
  name: 'save_pieces',
  text: `
    WITH piece AS (
      SELECT * FROM json_to_recordset($1) AS p (
        ordinal integer, owner text, run_id uuid, fence integer, attempt integer, char_offset integer, content text)
      ${smallBatchHint}
    ), held AS MATERIALIZED (
      SELECT r.id, r.fence FROM runs r JOIN piece p ON p.run_id = r.id AND p.fence = r.fence
      JOIN conversations c ON c.id = r.conversation_id AND c.owner = p.owner
      WHERE r.status = 'in_progress'
      ORDER BY r.id
      FOR SHARE OF r
    )
    INSERT INTO run_pieces (run_id, attempt, char_offset, content)
    SELECT p.run_id, p.attempt, p.char_offset, p.content
    FROM piece p
    JOIN held ON held.id = p.run_id AND held.fence = p.fence
    ON CONFLICT DO NOTHING`,
};

/** How far the text of a run is in the database. */
interface Saved {
  attempt: number;
  pieces: number;
  chars: number;
}

/** What of a run is to be written, and how far it is written then. */
interface Unsaved {
  run: LiveRun;
  piece: CheckpointRow;
  saved: Saved;
}

/**
 * Writes down the text of all runs of this process while it grows, in one statement for all of them, so that other
 * replicas can follow. A run that is over sooner than that is never written twice.
 */
@Injectable()
export class Checkpoints implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #saved = new WeakMap<LiveRun, Saved>();
  #timer: NodeJS.Timeout | undefined;
  #saving: Promise<void> | undefined;
  readonly #database: SystemDatabase;
  readonly #live: LiveRuns;
  readonly #notifications: RunNotifications;
  readonly #observer: ChatObserver;

  constructor(database: SystemDatabase, live: LiveRuns, news: RunNotifications, observer: ChatObserver) {
    this.#database = database;
    this.#live = live;
    this.#notifications = news;
    this.#observer = observer;
  }

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => this.#tick(), chatDefaults.checkpointMs);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.#saving;
  }

  #tick(): void {
    if (this.#saving !== undefined) return;
    const grown = this.#live.all().flatMap((run) => this.#unsaved(run) ?? []);
    if (grown.length === 0) return;
    this.#saving = this.#save(grown)
      .catch((error: Error) => void this.#observer.emit('checkpointFailed', error))
      .finally(() => {
        this.#saving = undefined;
        for (const { run } of grown) run.checkpoint = undefined;
      });
    for (const { run } of grown) run.checkpoint = this.#saving;
  }

  async #save(grown: readonly Unsaved[]): Promise<void> {
    const rows = grown.map(({ piece }, ordinal) => ({ ordinal, ...piece }));
    await this.#database.query(savePieces, [JSON.stringify(rows)]);
    for (const { run, saved } of grown) {
      this.#saved.set(run, saved);
      this.#notifications.publish(run.turn.run);
    }
  }

  #unsaved(run: LiveRun): Unsaved | undefined {
    if (run.isEnding) return undefined;
    const before = this.#saved.get(run);
    const { pieces, chars } = before?.attempt === run.attempt ? before : { pieces: 0, chars: 0 };
    const content = run.answer.pieces.slice(pieces).join('');
    if (content === '') return undefined;
    return {
      run,
      piece: {
        owner: run.turn.owner,
        run_id: run.id,
        fence: run.turn.fence,
        attempt: run.attempt,
        char_offset: chars,
        content,
      },
      saved: { attempt: run.attempt, pieces: run.answer.pieces.length, chars: chars + content.length },
    };
  }
}
