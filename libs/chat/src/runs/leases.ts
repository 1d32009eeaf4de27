import { Database, type Statement } from '#database';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CHAT_OPTIONS } from '../chat.module-definition.js';
import { ChatObserver } from '../chat-observer.js';
import { chatDefaults, type ChatOptions } from '../chat-options.js';
import { LiveRuns } from './live-runs.js';
import { RunQueue } from './run-queue.js';
import { Takeover } from './takeover.js';

const renewLeases: Statement = {
  name: 'renew_leases',
  text: `
    UPDATE runs SET lease_until = now() + $3::integer * interval '1 millisecond'
    FROM unnest($1::uuid[], $2::integer[]) AS held (id, fence)
    WHERE runs.id = held.id AND runs.fence = held.fence AND runs.status IN ('queued', 'in_progress')
    RETURNING runs.id, runs.cancel_requested_at IS NOT NULL AS is_unwanted`,
};

interface RenewedRun extends Record<string, unknown> {
  id: string;
  is_unwanted: boolean;
}

/**
 * Signs of life: keeps this replica's runs its own, and looks after those of replicas that died, so that no message stays
 * in progress for ever. The database's clock decides.
 */
@Injectable()
export class Leases implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #leaseMs: number;
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> | undefined;
  /** When the database was last heard of; a start counts. */
  #heardAt = performance.now();

  constructor(
    private readonly database: Database,
    private readonly live: LiveRuns,
    private readonly queue: RunQueue,
    private readonly takeover: Takeover,
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
    this.#beating ??= this.#renewAndClaim()
      .catch((error: Error) => void this.observer.emit('leaseFailed', error))
      .finally(() => (this.#beating = undefined));
  }

  async #renewAndClaim(): Promise<void> {
    await this.#renew();
    await this.queue.look();
    // After an outage of the database every lease has run out: those who are alive renew theirs first.
    const wasAway = performance.now() - this.#heardAt > this.#leaseMs;
    this.#heardAt = performance.now();
    if (!wasAway) await this.takeover.claim();
  }

  async #renew(): Promise<void> {
    const held = this.live.all().map(({ turn }) => ({ id: turn.run.id, fence: turn.fence }));
    if (held.length === 0) return;
    const values = [held.map(({ id }) => id), held.map(({ fence }) => fence), Math.round(this.#leaseMs)];
    const renewed = await this.database.query<RenewedRun>(renewLeases, values);
    this.#stopUnwanted(held, new Map(renewed.map((run) => [run.id, run.is_unwanted])));
  }

  /**
   * A cancel is usually told at once: here it is for when the telling went unheard. A run that is not ours any more was
   * given up for dead: nothing of it could be written, so nothing more is asked of the LLM for it.
   */
  #stopUnwanted(held: readonly { id: string; fence: number }[], renewed: ReadonlyMap<string, boolean>): void {
    for (const { id, fence } of held) {
      const isUnwanted = renewed.get(id);
      const run = this.live.get(id);
      if (run?.turn.fence !== fence) continue;
      if (isUnwanted === undefined) run.stop('lost');
      else if (isUnwanted) run.stop('cancelled');
    }
  }
}
