import { Notifications, type Statement, SystemDatabase } from '#database';
import { Injectable } from '@nestjs/common';
import { type LiveRun } from './live-run.js';

/** Where replicas tell each other that there is something to take over. */
export const abandonedChannel = 'parley_abandoned';

const handOver: Statement = {
  name: 'hand_over_run',
  text: `
    UPDATE runs SET lease_until = now() - interval '1 millisecond', is_handed_over = true
    WHERE id = $1 AND fence = $2 AND status IN ('queued', 'in_progress')`,
};

/** Lets go of runs, so that another replica can take them over at once. That is no crash of ours. */
@Injectable()
export class HandOver {
  readonly #database: SystemDatabase;
  readonly #notifications: Notifications;

  constructor(database: SystemDatabase, notifications: Notifications) {
    this.#database = database;
    this.#notifications = notifications;
  }

  async release({ turn }: LiveRun): Promise<void> {
    await this.#database.query(handOver, [turn.run.id, turn.fence]);
    this.#notifications.notifyLater(abandonedChannel, turn.run.id);
  }
}
