import { Database, type Statement } from '#database';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CHAT_OPTIONS } from '../chat.module-definition.js';
import { ChatObserver } from '../chat-observer.js';
import { chatDefaults, type ChatOptions } from '../chat-options.js';
import { serverRestart } from './run-outcome.js';
import { textSoFar } from './text-so-far.js';
import { Runs } from './runs.service.js';

const renewLeases: Statement = {
  name: 'renew_leases',
  text: `
    UPDATE runs SET lease_until = now() + $3::integer * interval '1 millisecond'
    FROM unnest($1::uuid[], $2::integer[]) AS held (id, fence)
    WHERE runs.id = held.id AND runs.fence = held.fence AND runs.status = 'in_progress'
    RETURNING runs.id, runs.cancel_requested_at IS NOT NULL AS is_unwanted`,
};

interface RenewedRun extends Record<string, unknown> {
  id: string;
  is_unwanted: boolean;
}

/** Ends the runs whose replica has not been heard of in time, with the text that it had written down. Locks conversations first, in the order of all. */
const sweepRuns: Statement = {
  name: 'sweep_runs',
  text: `
    WITH locked AS MATERIALIZED (
      SELECT c.id, r.id AS run_id, text.attempt, text.content
      FROM runs r
      JOIN conversations c ON c.id = r.conversation_id
      LEFT JOIN LATERAL (${textSoFar('r.id')}) text ON true
      WHERE r.status = 'in_progress' AND r.lease_until < now()
      ORDER BY c.id
      LIMIT 100
      FOR UPDATE OF c SKIP LOCKED
    ), ended AS (
      UPDATE runs r
      SET status = CASE WHEN r.cancel_requested_at IS NULL THEN 'incomplete' ELSE 'cancelled' END, error = $1::jsonb,
          text_attempt = coalesce(l.attempt, 1), fence = r.fence + 1, lease_until = NULL, finished_at = now()
      FROM locked l
      WHERE r.id = l.run_id AND r.status = 'in_progress' AND r.lease_until < now()
      RETURNING r.id, r.message_id, r.conversation_id, r.status, l.content
    ), answered AS (
      UPDATE messages m
      SET status = e.status, content = coalesce(e.content, ''), finish_reason = $1::jsonb ->> 'code',
          completed_at = now()
      FROM ended e WHERE m.id = e.message_id
    ), pruned AS (
      DELETE FROM run_pieces p USING ended e WHERE p.run_id = e.id
    ), freed AS (
      UPDATE conversations c SET active_run_id = NULL
      FROM ended e WHERE c.id = e.conversation_id AND c.active_run_id = e.id
    )
    SELECT id FROM ended`,
};

/**
 * Signs of life: keeps this replica's runs its own, and ends those of replicas that died, so that no message stays in
 * progress for ever. The database's clock decides.
 */
@Injectable()
export class Leases implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #leaseMs: number;
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> | undefined;

  constructor(
    private readonly database: Database,
    private readonly runs: Runs,
    private readonly observer: ChatObserver,
    @Inject(CHAT_OPTIONS) options: ChatOptions,
  ) {
    this.#leaseMs = options.leaseMs ?? chatDefaults.leaseMs;
  }

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => this.#beat(), this.#leaseMs / 3);
    this.#beat();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.#beating;
  }

  #beat(): void {
    this.#beating ??= this.#renewAndSweep()
      .catch((error: Error) => void this.observer.emit('leaseFailed', error))
      .finally(() => (this.#beating = undefined));
  }

  async #renewAndSweep(): Promise<void> {
    const held = [...this.runs.live.values()].map(({ turn }) => turn);
    if (held.length > 0) {
      const ids = held.map(({ run }) => run.id);
      const fences = held.map(({ fence }) => fence);
      const values = [ids, fences, Math.round(this.#leaseMs)];
      const renewed = await this.database.query<RenewedRun>(renewLeases, values);
      this.#stopUnwanted(ids, new Map(renewed.map((run) => [run.id, run.is_unwanted])));
    }
    const swept = await this.database.query(sweepRuns, [JSON.stringify(serverRestart)]);
    if (swept.length > 0) this.observer.emit('runsSwept', swept.length);
  }

  /**
   * A cancel is usually told at once: here it is for when the telling went unheard. A run that is not ours any more was
   * given up for dead: nothing of it could be written, so nothing more is asked of the LLM for it.
   */
  #stopUnwanted(held: readonly string[], renewed: ReadonlyMap<string, boolean>): void {
    for (const id of held) {
      const isUnwanted = renewed.get(id);
      if (isUnwanted === undefined) this.runs.live.get(id)?.stop('server_restart');
      else if (isUnwanted) this.runs.live.get(id)?.stop('cancelled');
    }
  }
}
