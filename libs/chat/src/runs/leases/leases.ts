import { type ChannelListener, Notifications } from '#database';
import { type Clock, type Timer } from '#llm';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { ChatObserver } from '../../model/chat-observer.js';
import { CHAT_OPTIONS } from '../../options/chat.module-definition.js';
import { chatDefaults, type ChatOptions } from '../../options/chat-options.js';
import { CLOCK } from '../../options/clock.js';
import { type HeldRun, LeaseStore, type RenewedRun } from '../../store/lease-store.js';
import { abandonedChannel } from '../generation/hand-over.js';
import { LiveRuns } from '../generation/live-runs.js';
import { RunQueue } from '../generation/run-queue.js';
import { Takeover } from './takeover.js';
import { TakeoverGracePeriod } from './takeover-grace-period.js';

/** What {@link Leases} needs from `Notifications`. */
export interface ChannelSubscriber {
  listen(channel: string, listener: ChannelListener): Promise<void>;
}

/**
 * Sends heartbeats: renews the leases of this replica's runs, and has runs of dead replicas claimed, so that no message
 * stays in progress forever. A heartbeat follows every third of a lease, and immediately when another replica hands runs
 * over.
 */
@Injectable()
export class Leases implements OnApplicationBootstrap {
  readonly #leaseMs: number;
  readonly #heartbeatMs: number;
  readonly #gracePeriod: TakeoverGracePeriod;
  #timer: Timer | undefined;
  #heartbeat: Promise<void> | undefined;
  #isHeartbeatDue = false;
  #isStopped = false;
  readonly #store: Pick<LeaseStore, 'renew'>;
  readonly #notifications: ChannelSubscriber;
  readonly #live: LiveRuns;
  readonly #queue: Pick<RunQueue, 'poll'>;
  readonly #takeover: Pick<Takeover, 'claim'>;
  readonly #observer: ChatObserver;
  readonly #clock: Clock;

  constructor(
    @Inject(LeaseStore) store: Pick<LeaseStore, 'renew'>,
    @Inject(Notifications) notifications: ChannelSubscriber,
    live: LiveRuns,
    @Inject(RunQueue) queue: Pick<RunQueue, 'poll'>,
    @Inject(Takeover) takeover: Pick<Takeover, 'claim'>,
    observer: ChatObserver,
    @Inject(CLOCK) clock: Clock,
    @Inject(CHAT_OPTIONS) options: Pick<ChatOptions, 'leaseMs'>,
  ) {
    this.#store = store;
    this.#notifications = notifications;
    this.#live = live;
    this.#queue = queue;
    this.#takeover = takeover;
    this.#observer = observer;
    this.#clock = clock;
    this.#leaseMs = options.leaseMs ?? chatDefaults.leaseMs;
    this.#heartbeatMs = Math.ceil(this.#leaseMs / 3);
    this.#gracePeriod = new TakeoverGracePeriod(this.#leaseMs, clock.now());
  }

  async onApplicationBootstrap(): Promise<void> {
    this.#timer = this.#clock.timer(this.#heartbeatMs, () => {
      this.#timer?.refresh();
      this.#startHeartbeat();
    });
    this.#startHeartbeat();
    await this.#notifications.listen(abandonedChannel, {
      onMessage: () => this.#heartbeatSoon(),
      onConnect: () => this.#heartbeatSoon(),
    });
  }

  /** Ends the heartbeats. Call it after the runs have ended: until then this replica needs its leases. */
  async stop(): Promise<void> {
    this.#timer?.cancel();
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

  /** Starts a heartbeat now, or after the current one, which may have read the runs already. */
  #heartbeatSoon(): void {
    this.#isHeartbeatDue = this.#heartbeat !== undefined;
    if (!this.#isHeartbeatDue) this.#startHeartbeat();
  }

  async #renewAndClaim(): Promise<void> {
    await this.#renew();
    await this.#queue.poll();
    if (this.#gracePeriod.isOver(this.#clock.now())) await this.#takeover.claim();
  }

  /** Queries the database even if there is nothing to renew, to know whether it is available. */
  async #renew(): Promise<void> {
    const held = this.#live.all().map(({ turn }) => ({ id: turn.run.id, fence: turn.fence }));
    const renewed = await this.#withinHeartbeat((signal) => this.#store.renew(held, this.#leaseMs, signal));
    this.#gracePeriod.databaseAnswered(this.#clock.now());
    this.#stopLostAndCancelled(held, renewed);
  }

  /** A connection that does not respond must not block the renewal: the next heartbeat uses another one. */
  async #withinHeartbeat<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    const timeout = new AbortController();
    const timer = this.#clock.timer(this.#heartbeatMs, () =>
      timeout.abort(new DOMException('The leases were not renewed in time.', 'TimeoutError')),
    );
    try {
      return await work(timeout.signal);
    } finally {
      timer.cancel();
    }
  }

  /**
   * Stops runs whose cancellation was requested, in case the notification was missed, and runs that this replica has lost:
   * nothing of them could be stored, so the LLM need not continue.
   */
  #stopLostAndCancelled(held: readonly HeldRun[], renewed: readonly RenewedRun[]): void {
    const isCancelRequested = new Map(renewed.map((run) => [run.id, run.is_cancel_requested]));
    for (const { id, fence } of held) {
      const run = this.#live.get(id);
      if (run?.turn.fence !== fence) continue;
      if (!isCancelRequested.has(id)) run.stop('lost');
      else if (isCancelRequested.get(id) === true) run.stop('cancelled');
    }
  }
}
