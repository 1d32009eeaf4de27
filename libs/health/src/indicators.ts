import { Inject, Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { memoryUsage } from 'node:process';
import { getHeapStatistics } from 'node:v8';
import { DatabaseCheck } from './database-check.js';
import { EventLoopDelay } from './event-loop-delay.js';
import { HEALTH_OPTIONS } from './health.module-definition.js';
import { completeOptions, type HealthOptions } from './health-options.js';
import { Lifecycle } from './lifecycle.js';
import { LlmCheck } from './llm-check.js';
import { memoryWarning } from './memory-verdict.js';

/** What we know, in Terminus' words. None of these rejects: Terminus would make a 500 of it. */
@Injectable()
export class Indicators {
  readonly #maxRssBytes: number;
  readonly #terminus: HealthIndicatorService;
  readonly #phases: Lifecycle;
  readonly #databaseCheck: DatabaseCheck;
  readonly #llmCheck: LlmCheck;
  readonly #loopDelay: EventLoopDelay;

  constructor(
    terminus: HealthIndicatorService,
    phases: Lifecycle,
    databaseCheck: DatabaseCheck,
    llmCheck: LlmCheck,
    loopDelay: EventLoopDelay,
    @Inject(HEALTH_OPTIONS) options: HealthOptions,
  ) {
    this.#terminus = terminus;
    this.#phases = phases;
    this.#databaseCheck = databaseCheck;
    this.#llmCheck = llmCheck;
    this.#loopDelay = loopDelay;
    this.#maxRssBytes = completeOptions(options).maxRssBytes;
  }

  /** Down while starting and draining. */
  lifecycle(): HealthIndicatorResult {
    const { phase } = this.#phases;
    const indicator = this.#terminus.check('lifecycle');
    return phase === 'ready' ? indicator.up({ phase }) : indicator.down({ phase });
  }

  /** Down when PostgreSQL does not answer. */
  async database(): Promise<HealthIndicatorResult> {
    const indicator = this.#terminus.check('database');
    const health = await this.#databaseCheck.health();
    return health.reachable
      ? indicator.up({ response_time_ms: health.responseTimeMs })
      : indicator.down(health.reason);
  }

  /** Degraded at worst: without any LLM, people still read what they have. Open to everybody, so it names no address. */
  async llm(): Promise<HealthIndicatorResult> {
    const indicator = this.#terminus.check('llm');
    const { status, endpoints } = (await this.#llmCheck.report()).llm_service;
    const facts = {
      service: status,
      endpoints: endpoints.length,
      endpoints_connected: endpoints.filter(({ connected }) => connected).length,
    };
    return status === 'healthy' ? indicator.up(facts) : indicator.degraded(facts);
  }

  /** Degraded at worst: it tells people where to look, and kills no process. */
  memory(): HealthIndicatorResult {
    const indicator = this.#terminus.check('memory');
    const { rss, heapUsed } = memoryUsage();
    const heapLimit = getHeapStatistics().heap_size_limit;
    const facts = { rss_bytes: rss, heap_used_bytes: heapUsed, heap_limit_bytes: heapLimit };
    const message = memoryWarning({ rss, heapUsed, heapLimit }, this.#maxRssBytes);
    return message === undefined ? indicator.up(facts) : indicator.degraded({ ...facts, message });
  }

  eventLoop(): HealthIndicatorResult {
    const { p99, max } = this.#loopDelay.read();
    return this.#terminus.check('event_loop').up({ delay_p99_ms: p99, delay_max_ms: max });
  }
}
