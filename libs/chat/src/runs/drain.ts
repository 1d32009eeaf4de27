import { type BeforeApplicationShutdown, Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { CHAT_OPTIONS } from '../chat.module-definition.js';
import { chatDefaults, type ChatOptions } from '../chat-options.js';
import { RunStreams } from '../streams/run-streams.js';
import { Turns } from '../turns/turns.service.js';
import { Runs } from './runs.service.js';

/**
 * The end of this replica: no new turns; runs may finish within the drain time; what is left is stopped and stored as it
 * is; then the streams end, so that the HTTP server can close.
 */
@Injectable()
export class Drain implements OnModuleDestroy, BeforeApplicationShutdown {
  constructor(
    private readonly turns: Turns,
    private readonly runs: Runs,
    private readonly streams: RunStreams,
    @Inject(CHAT_OPTIONS) private readonly options: ChatOptions,
  ) {}

  onModuleDestroy(): void {
    this.turns.refuse();
    this.streams.closeConnections();
  }

  async beforeApplicationShutdown(): Promise<void> {
    const drained = new AbortController();
    const limitMs = this.options.drainTimeoutMs ?? chatDefaults.drainTimeoutMs;
    await Promise.race([
      this.runs.idle().finally(() => drained.abort()),
      delay(limitMs, undefined, { signal: drained.signal }).catch(() => undefined),
    ]);
    this.runs.stopAll('server_restart');
    await this.runs.idle();
    await this.streams.cutAll();
  }
}
