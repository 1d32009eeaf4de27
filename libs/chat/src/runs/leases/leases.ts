import { Notifications, type Statement, SystemDatabase } from '#database';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { CHAT_OPTIONS } from '../../options/chat.module-definition.js';
import { ChatObserver } from '../../model/chat-observer.js';
import { chatDefaults, type ChatOptions } from '../../options/chat-options.js';
import { abandonedChannel } from '../generation/hand-over.js';
import { LiveRuns } from '../generation/live-runs.js';
import { RunQueue } from '../generation/run-queue.js';
import { Takeover } from './takeover.js';
import { TakeoverGracePeriod } from './takeover-grace-period.js';

/**
 * What was handed over stays so, even if it happens at this moment. A run that is locked is being written to at this moment: its lease is renewed the next time. So a beat waits for nobody,
 * and the statements that lock several runs in an order of their own never wait for it in a circle.
 */
const renewLeases: Statement = {
  name: 'renew_leases',
  text: `
    WITH held AS MATERIALIZED (
      SELECT r.id, r.fence, r.cancel_requested_at FROM unnest($1::uuid[], $2::integer[]) AS ours (id, fence)
      JOIN runs r ON r.id = ours.id AND r.fence = ours.fence
      WHERE r.status IN ('queued', 'in_progress') AND NOT r.is_handed_over
    ), free AS MATERIALIZED (
      SELECT r.id FROM held JOIN runs r ON r.id = held.id AND r.fence = held.fence
      WHERE r.status IN ('queued', 'in_progress') AND NOT r.is_handed_over
      FOR NO KEY UPDATE OF r SKIP LOCKED
    ), renewed AS (
      UPDATE runs r SET lease_until = now() + $3::integer * interval '1 millisecond'
      FROM free WHERE r.id = free.id
    )
    SELECT id, cancel_requested_at IS NOT NULL AS is_cancel_requested FROM held`,
};

interface HeldRun extends Record<string, unknown> {
  id: string;
  is_cancel_requested: boolean;
}

/**
 * Signs of life: keeps this replica's runs its own, and looks after those of replicas that died, so that no message stays
 * in progress for ever. The database's clock decides.
 */
@Injectable()
export class Leases implements OnApplicationBootstrap {
  readonly #leaseMs: number;
  readonly #heartbeatMs: number;
  readonly #gracePeriod: TakeoverGracePeriod;
  #timer: NodeJS.Timeout | undefined;
  #heartbeat: Promise<void> | undefined;
  #isHeartbeatDue = false;
  #isStopped = false;
  readonly #database: SystemDatabase;
  readonly #notifications: Notifications;
  readonly #live: LiveRuns;
  readonly #queue: RunQueue;
  readonly #takeover: Takeover;
  readonly #observer: ChatObserver;

  constructor(
    database: SystemDatabase,
    notifications: Notifications,
    live: LiveRuns,
    queue: RunQueue,
    takeover: Takeover,
    observer: ChatObserver,
    @Inject(CHAT_OPTIONS) options: ChatOptions,
  ) {
    this.#database = database;
    this.#notifications = notifications;
    this.#live = live;
    this.#queue = queue;
    this.#takeover = takeover;
    this.#observer = observer;
    this.#leaseMs = options.leaseMs ?? chatDefaults.leaseMs;
    this.#heartbeatMs = Math.ceil(this.#leaseMs / 3);
    this.#gracePeriod = new TakeoverGracePeriod(this.#leaseMs, performance.now());
  }

  async onApplicationBootstrap(): Promise<void> {
    this.#timer = setInterval(() => this.#startHeartbeat(), this.#heartbeatMs);
    this.#startHeartbeat();
    await this.#notifications.listen(abandonedChannel, {
      onMessage: () => this.#heartbeatSoon(),
      onConnect: () => this.#heartbeatSoon(),
    });
  }

  /** Ends the beat, after the runs: until then they must stay this replica's own. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#isStopped = true;
    await this.#heartbeat;
  }

  #startHeartbeat(): void {
    if (this.#isStopped) return;
    this.#heartbeat ??= this.#renewAndClaim()
      .catch((error: Error) => void this.#observer.emit('leaseFailed', error))
      .finally(() => {
        this.#heartbeat = undefined;
        if (this.#isHeartbeatDue) this.#heartbeatSoon();
      });
  }

  /** Now, or after the one that is under way: that may have looked already. */
  #heartbeatSoon(): void {
    this.#isHeartbeatDue = this.#heartbeat !== undefined;
    if (!this.#isHeartbeatDue) this.#startHeartbeat();
  }

  async #renewAndClaim(): Promise<void> {
    await this.#renew();
    await this.#queue.poll();
    if (this.#gracePeriod.isOver(performance.now())) await this.#takeover.claim();
  }

  /** Asks even if there is nothing to renew: it tells whether the database was away. */
  async #renew(): Promise<void> {
    const held = this.#live.all().map(({ turn }) => ({ id: turn.run.id, fence: turn.fence }));
    const values = [held.map(({ id }) => id), held.map(({ fence }) => fence), Math.round(this.#leaseMs)];
    // A connection that does not answer must not take the leases along: another one is tried in the next beat.
    const inTime = AbortSignal.timeout(this.#heartbeatMs);
    const ours = await this.#database.query<HeldRun>(renewLeases, values, inTime);
    this.#gracePeriod.databaseAnswered(performance.now());
    this.#stopLostAndCancelled(held, new Map(ours.map((run) => [run.id, run.is_cancel_requested])));
  }

  /**
   * A cancel is usually told at once: here it is for when the telling went unheard. A run that is not ours any more was
   * given up for dead: nothing of it could be written, so nothing more is asked of the LLM for it.
   */
  #stopLostAndCancelled(
    held: readonly { id: string; fence: number }[],
    ours: ReadonlyMap<string, boolean>,
  ): void {
    for (const { id, fence } of held) {
      const isUnwanted = ours.get(id);
      const run = this.#live.get(id);
      if (run?.turn.fence !== fence) continue;
      if (isUnwanted === undefined) run.stop('lost');
      else if (isUnwanted) run.stop('cancelled');
    }
  }
}
