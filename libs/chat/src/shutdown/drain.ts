import { type Clock, type Timer } from '#llm';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { CHAT_OPTIONS } from '../options/chat.module-definition.js';
import { chatDefaults, type ChatOptions } from '../options/chat-options.js';
import { CLOCK } from '../options/clock.js';
import { LiveRuns } from '../runs/generation/live-runs.js';
import { Leases } from '../runs/leases/leases.js';
import { Takeover } from '../runs/leases/takeover.js';
import { EventStreams } from '../streams/event-streams.js';
import { Turns } from '../turns/turns.service.js';

/**
 * Shuts this replica down without losing answers: refuses new turns, lets runs finish within the drain timeout, hands the
 * other runs and all queued runs over to other replicas, and then ends the event streams, so that the HTTP server can close
 * and readers resume on another replica.
 */
@Injectable()
export class Drain implements OnModuleDestroy, BeforeApplicationShutdown {
  readonly #turns: Pick<Turns, 'stopAccepting' | 'settled'>;
  readonly #live: LiveRuns;
  readonly #takeover: Pick<Takeover, 'stop' | 'settled'>;
  readonly #leases: Pick<Leases, 'stop'>;
  readonly #streams: Pick<EventStreams, 'closeConnections' | 'closeAll'>;
  readonly #clock: Clock;
  readonly #options: Pick<ChatOptions, 'drainTimeoutMs'>;

  constructor(
    @Inject(Turns) turns: Pick<Turns, 'stopAccepting' | 'settled'>,
    live: LiveRuns,
    @Inject(Takeover) takeover: Pick<Takeover, 'stop' | 'settled'>,
    @Inject(Leases) leases: Pick<Leases, 'stop'>,
    @Inject(EventStreams) streams: Pick<EventStreams, 'closeConnections' | 'closeAll'>,
    @Inject(CLOCK) clock: Clock,
    @Inject(CHAT_OPTIONS) options: Pick<ChatOptions, 'drainTimeoutMs'>,
  ) {
    this.#turns = turns;
    this.#live = live;
    this.#takeover = takeover;
    this.#leases = leases;
    this.#streams = streams;
    this.#clock = clock;
    this.#options = options;
  }

  onModuleDestroy(): void {
    this.#turns.stopAccepting();
    this.#takeover.stop();
    this.#streams.closeConnections();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#withinDrainTimeout(this.#finishRuns());
    this.#live.stopAll('handed_over');
    await this.#live.idle();
    await this.#streams.closeAll();
    // Leases are needed until here, and the connections to the database close afterwards.
    await this.#leases.stop();
  }

  /** Resolves when all runs have ended, including those of turns that were being stored. Queued runs are handed over. */
  async #finishRuns(): Promise<void> {
    await Promise.all([this.#turns.settled(), this.#takeover.settled()]);
    for (const run of this.#live.all()) if (run.isQueued) run.stop('handed_over');
    await this.#live.idle();
  }

  async #withinDrainTimeout(work: Promise<void>): Promise<void> {
    let timer: Timer | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = this.#clock.timer(this.#options.drainTimeoutMs ?? chatDefaults.drainTimeoutMs, resolve);
    });
    await Promise.race([work, timeout]).finally(() => timer?.cancel());
  }
}
