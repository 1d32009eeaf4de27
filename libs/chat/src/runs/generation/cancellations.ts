import { Database, Notifications, type Statement, SystemDatabase } from '#database';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { type LiveRun } from './live-run.js';
import { RunArchive } from '../../store/run-archive.js';
import { type RunView } from '../../model/run.view.js';
import { LiveRuns } from './live-runs.js';

const channel = 'parley_cancel';

const requestCancel: Statement = {
  name: 'request_cancel',
  text: `
    UPDATE runs SET cancel_requested_at = coalesce(cancel_requested_at, now())
    WHERE id = $1 AND status IN ('queued', 'in_progress')
    RETURNING id`,
};

const interruptRuns: Statement = {
  name: 'interrupt_runs',
  text: `
    UPDATE runs r SET cancel_requested_at = coalesce(r.cancel_requested_at, now())
    FROM messages m
    WHERE r.conversation_id = $1 AND r.status IN ('queued', 'in_progress') AND m.id = r.message_id AND m.seq < $2
    RETURNING r.id`,
};

const cancelRequestedRuns: Statement = {
  name: 'cancel_requested_runs',
  text: 'SELECT id FROM runs WHERE id = ANY($1) AND cancel_requested_at IS NOT NULL',
};

/**
 * Cancels runs, whichever replica generates them. The request is stored before it is acknowledged and then sent on the
 * channel `parley_cancel`; each line of the payload is a `RUN_ID`. If the notification is missed, or this replica dies, the replica that
 * generates the run finds the request when it renews the lease, and a replica that takes the run over finds it, too.
 */
@Injectable()
export class Cancellations implements OnApplicationBootstrap {
  readonly #database: Database;
  readonly #notifications: Notifications;
  readonly #live: LiveRuns;
  readonly #archive: RunArchive;
  readonly #system: SystemDatabase;

  constructor(
    database: Database,
    notifications: Notifications,
    live: LiveRuns,
    archive: RunArchive,
    system: SystemDatabase,
  ) {
    this.#database = database;
    this.#notifications = notifications;
    this.#live = live;
    this.#archive = archive;
    this.#system = system;
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.#notifications.listen(channel, {
      onMessage: (id) => void this.#stop(id),
      onConnect: () => void this.#catchUp().catch(() => undefined),
    });
  }

  /**
   * Cancels a run.
   * @returns the run as it was before, and whether it had ended already
   * @throws Problem 404 if the owner has no such run
   */
  async cancel(owner: string, id: string): Promise<{ run: RunView; isFinished: boolean }> {
    const run = await this.#archive.read(owner, id);
    if (run.finished_at !== null) return { run, isFinished: true };
    const isLocal = this.#stop(id);
    const requested = await this.#database.forOwner(owner).query(requestCancel, [id]);
    if (requested.length > 0) this.#notifications.notifyLater(channel, id);
    else if (!isLocal) return { run: await this.#archive.read(owner, id), isFinished: true };
    return { run, isFinished: false };
  }

  /** Cancels the runs of a conversation that began or were queued before a given run. */
  async cancelBefore(run: LiveRun): Promise<void> {
    const { conversation_id } = run.turn.run;
    const interrupted = await this.#database
      .forOwner(run.turn.owner)
      .query<{ id: string }>(interruptRuns, [conversation_id, run.turn.reply.seq]);
    for (const { id } of interrupted) if (!this.#stop(id)) this.#notifications.notifyLater(channel, id);
  }

  /** False if this process does not generate the run. */
  #stop(id: string): boolean {
    const run = this.#live.get(id);
    run?.stop('cancelled');
    return run !== undefined;
  }

  /** Cancels runs whose notification was missed while the connection was down. */
  async #catchUp(): Promise<void> {
    const ids = this.#live.all().map(({ id }) => id);
    if (ids.length === 0) return;
    const interrupted = await this.#system.query<{ id: string }>(cancelRequestedRuns, [ids]);
    for (const { id } of interrupted) this.#stop(id);
  }
}
