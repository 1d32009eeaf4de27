import { Notifications, type Statement, SystemDatabase } from '#database';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { LiveRuns } from './live-runs.js';
import { type LiveRun } from './live-run.js';

const channel = 'parley_turn';

/** Idempotent, because it is retried after a lost response. */
const beginRun: Statement = {
  name: 'begin_run',
  text: `
    WITH begun AS (
      UPDATE runs r SET status = 'in_progress'
      FROM conversations c
      WHERE r.id = $1 AND r.fence = $2 AND r.status = 'queued' AND c.id = r.conversation_id AND c.active_run_id = r.id
      RETURNING r.id, r.message_id
    ), started_message AS (
      UPDATE messages m SET status = 'in_progress' FROM begun b WHERE m.id = b.message_id
    )
    SELECT id FROM begun
    UNION ALL SELECT id FROM runs WHERE id = $1 AND fence = $2 AND status = 'in_progress'`,
};

const runsThatMayBegin: Statement = {
  name: 'due_runs',
  text: `
    SELECT r.id FROM runs r JOIN conversations c ON c.id = r.conversation_id
    WHERE r.id = ANY($1) AND r.status = 'queued' AND c.active_run_id = r.id`,
};

/**
 * Starts queued runs when earlier runs of their conversation have ended. `finish_runs` selects the next run; the replica
 * that ended the previous one then notifies the replica of the next on the channel `parley_turn`. Each line of
 * the payload is a `RUN_ID`.
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

  /** Lets a queued run begin, on whichever replica it is. A missed notification is made up for by {@link poll}. */
  admitNext(id: string): void {
    const run = this.#live.get(id);
    if (run === undefined) this.#notifications.notifyLater(channel, id);
    else run.admit();
  }

  /** Finds queued runs of this process that may begin, in case the notification was missed. */
  async poll(runs = this.#live.all()): Promise<void> {
    const waiting = runs.filter((run) => run.isQueued);
    if (waiting.length === 0) return;
    const due = await this.#database.query<{ id: string }>(runsThatMayBegin, [waiting.map(({ id }) => id)]);
    for (const { id } of due) this.#live.get(id)?.admit();
  }

  /** Stores that a queued run has begun. False if another replica has claimed it, or if it may not begin yet. */
  async begin(run: LiveRun): Promise<boolean> {
    const begun = await this.#database.query(beginRun, [run.id, run.turn.fence]);
    return begun.length > 0;
  }
}
