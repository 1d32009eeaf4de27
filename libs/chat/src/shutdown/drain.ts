import { type BeforeApplicationShutdown, Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { CHAT_OPTIONS } from '../options/chat.module-definition.js';
import { chatDefaults, type ChatOptions } from '../options/chat-options.js';
import { EventStreams } from '../streams/event-streams.js';
import { Turns } from '../turns/turns.service.js';
import { Leases } from '../runs/leases/leases.js';
import { LiveRuns } from '../runs/generation/live-runs.js';
import { Takeover } from '../runs/leases/takeover.js';

/**
 * The end of this replica: no new turns; runs may finish within the drain time; what is left, and what has not begun, is
 * handed over to the others; then the streams end, so that the HTTP server can close and readers go on elsewhere.
 */
@Injectable()
export class Drain implements OnModuleDestroy, BeforeApplicationShutdown {
  readonly #turns: Turns;
  readonly #live: LiveRuns;
  readonly #takeover: Takeover;
  readonly #leases: Leases;
  readonly #streams: EventStreams;
  readonly #options: ChatOptions;

  constructor(
    turns: Turns,
    live: LiveRuns,
    takeover: Takeover,
    leases: Leases,
    streams: EventStreams,
    @Inject(CHAT_OPTIONS) options: ChatOptions,
  ) {
    this.#turns = turns;
    this.#live = live;
    this.#takeover = takeover;
    this.#leases = leases;
    this.#streams = streams;
    this.#options = options;
  }

  onModuleDestroy(): void {
    this.#turns.stopAccepting();
    this.#takeover.stop();
    this.#streams.closeConnections();
  }

  async beforeApplicationShutdown(): Promise<void> {
    const drained = new AbortController();
    const limitMs = this.#options.drainTimeoutMs ?? chatDefaults.drainTimeoutMs;
    await Promise.race([
      this.#waitForRuns().finally(() => drained.abort()),
      delay(limitMs, undefined, { signal: drained.signal }).catch(() => undefined),
    ]);
    this.#live.stopAll('handed_over');
    await this.#live.idle();
    await this.#streams.closeAll();
    // Before the database's connections close.
    await this.#leases.stop();
  }
  /** Resolves when everything has ended that had begun, or was beginning, when turns were refused. */
  async #waitForRuns(): Promise<void> {
    await Promise.all([this.#turns.settled(), this.#takeover.settled()]);
    for (const run of this.#live.all()) if (run.isQueued) run.stop('handed_over');
    await this.#live.idle();
  }
}
