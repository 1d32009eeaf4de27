import { Notifications, type Statement, SystemDatabase } from '#database';
import { Injectable } from '@nestjs/common';
import { type LiveRun } from './live-run.js';

/** The channel that announces runs to take over. Each line of the payload is a `RUN_ID`. */
export const abandonedChannel = 'parley_abandoned';

const handOver: Statement = {
  name: 'hand_over_run',
  text: `
    UPDATE runs SET lease_until = now() - interval '1 millisecond', is_handed_over = true
    WHERE id = $1 AND fence = $2 AND status IN ('queued', 'in_progress')`,
};

/** Hands runs over: ends their leases, so that another replica can claim them immediately. This does not count as a crash. */
@Injectable()
export class HandOver {
  readonly #database: SystemDatabase;
  readonly #notifications: Notifications;

  constructor(database: SystemDatabase, notifications: Notifications) {
    this.#database = database;
    this.#notifications = notifications;
  }

  /** Hands a run over. @throws DatabaseUnavailableError */
  async release({ turn }: LiveRun): Promise<void> {
    await this.#database.query(handOver, [turn.run.id, turn.fence]);
    this.#notifications.notifyLater(abandonedChannel, turn.run.id);
  }
}
