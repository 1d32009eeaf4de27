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
import { memoryWarning } from './memory-warning.js';

/** Terminus health indicators. None of them rejects, as Terminus would rethrow the error. */
@Injectable()
export class Indicators {
  readonly #maxRssBytes: number;
  readonly #terminus: HealthIndicatorService;
  readonly #lifecycle: Lifecycle;
  readonly #databaseCheck: DatabaseCheck;
  readonly #llmCheck: LlmCheck;
  readonly #loopDelay: EventLoopDelay;

  constructor(
    terminus: HealthIndicatorService,
    lifecycle: Lifecycle,
    databaseCheck: DatabaseCheck,
    llmCheck: LlmCheck,
    loopDelay: EventLoopDelay,
    @Inject(HEALTH_OPTIONS) options: HealthOptions,
  ) {
    this.#terminus = terminus;
    this.#lifecycle = lifecycle;
    this.#databaseCheck = databaseCheck;
    this.#llmCheck = llmCheck;
    this.#loopDelay = loopDelay;
    this.#maxRssBytes = completeOptions(options).maxRssBytes;
  }

  /** Down while starting and draining. */
  lifecycle(): HealthIndicatorResult {
    const { phase } = this.#lifecycle;
    const indicator = this.#terminus.check('lifecycle');
    return phase === 'ready' ? indicator.up({ phase }) : indicator.down({ phase });
  }

  /** Down if PostgreSQL is not reachable. */
  async database(): Promise<HealthIndicatorResult> {
    const indicator = this.#terminus.check('database');
    const health = await this.#databaseCheck.health();
    return health.reachable
      ? indicator.up({ response_time_ms: health.responseTimeMs })
      : indicator.down(health.reason);
  }

  /** Never down, at worst degraded: without an LLM, conversations can still be read. Public, so without addresses. */
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

  /** Never down, at worst degraded: it is a warning for operators, not a reason to restart the process. */
  memory(): HealthIndicatorResult {
    const indicator = this.#terminus.check('memory');
    const { rss, heapUsed } = memoryUsage();
    const heapLimit = getHeapStatistics().heap_size_limit;
    const facts = { rss_bytes: rss, heap_used_bytes: heapUsed, heap_limit_bytes: heapLimit };
    const message = memoryWarning({ rss, heapUsed, heapLimit }, this.#maxRssBytes);
    return message === undefined ? indicator.up(facts) : indicator.degraded({ ...facts, message });
  }

  /** Always up; reports the delay since the last report. */
  eventLoop(): HealthIndicatorResult {
    const { p99, max } = this.#loopDelay.read();
    return this.#terminus.check('event_loop').up({ delay_p99_ms: p99, delay_max_ms: max });
  }
}
