import { Notifications, type Statement, SystemDatabase } from '#database';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { LiveRuns } from './live-runs.js';
import { type LiveRun } from './live-run.js';

const channel = 'parley_turn';

/** Says the same when it is asked again: the answer may have been lost. */
const beginRun: Statement = {
  name: 'begin_run',
  text: `
    WITH begun AS (
      UPDATE runs r SET status = 'in_progress'
      FROM conversations c
      WHERE r.id = $1 AND r.fence = $2 AND r.status = 'queued' AND c.id = r.conversation_id AND c.active_run_id = r.id
      RETURNING r.id, r.message_id
    ), shown AS (
      UPDATE messages m SET status = 'in_progress' FROM begun b WHERE m.id = b.message_id
    )
    SELECT id FROM begun
    UNION ALL SELECT id FROM runs WHERE id = $1 AND fence = $2 AND status = 'in_progress'`,
};

const dueRuns: Statement = {
  name: 'due_runs',
  text: `
    SELECT r.id FROM runs r JOIN conversations c ON c.id = r.conversation_id
    WHERE r.id = ANY($1) AND r.status = 'queued' AND c.active_run_id = r.id`,
};

/**
 * Runs that wait until those before them in their conversation are over. The database says whose turn it is; the replica
 * that ends a run tells the one that has the next.
 */
@Injectable()
export class RunQueue implements OnApplicationBootstrap {
  readonly #database: SystemDatabase;
  readonly #notifications: Notifications;
  readonly #live: LiveRuns;

  constructor(database: SystemDatabase, notifications: Notifications, live: LiveRuns) {
    this.#database = database;
    this.#notifications = notifications;
    this.#live = live;
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.#notifications.listen(channel, {
      onMessage: (id) => this.#live.get(id)?.admit(),
      onConnect: () => void this.poll().catch(() => undefined),
    });
  }

  /** Says that a run's turn has come, to whichever replica has it. Nothing is lost if nobody hears: see {@link poll}. */
  admitNext(id: string): void {
    const run = this.#live.get(id);
    if (run === undefined) this.#notifications.notifyLater(channel, id);
    else run.admit();
  }

  /** Looks whether the turn of runs that wait here has come unheard. */
  async poll(runs = this.#live.all()): Promise<void> {
    const waiting = runs.filter((run) => run.isQueued);
    if (waiting.length === 0) return;
    const due = await this.#database.query<{ id: string }>(dueRuns, [waiting.map(({ id }) => id)]);
    for (const { id } of due) this.#live.get(id)?.admit();
  }

  /** Writes down that a run has begun. False if it is not this replica's any more, or its turn has not come. */
  async begin(run: LiveRun): Promise<boolean> {
    const begun = await this.#database.query(beginRun, [run.id, run.turn.fence]);
    return begun.length > 0;
  }
}
