import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { Database } from '#database';
import { LlmClient } from '#llm';
import { DatabaseCheck } from './database-check.js';
import { EventLoopDelay } from './event-loop-delay.js';
import { HealthController } from './health.controller.js';
import { ConfigurableModuleClass, HEALTH_OPTIONS } from './health.module-definition.js';
import { completeOptions, type HealthOptions } from './health-options.js';
import { Indicators } from './indicators.js';
import { Lifecycle } from './lifecycle.js';
import { LlmCheck } from './llm-check.js';
import { LlmHealthController } from './llm-health.controller.js';

/**
 * The probes and the health reports. Use `HealthModule.forRoot({})` or `forRootAsync({ useFactory, inject })`. Requires
 * `Database` and `LlmClient` from global modules, and `AuthModule`.
 */
@Module({
  // Without Terminus' logger, as a failing probe would log an error every second.
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController, LlmHealthController],
  providers: [
    EventLoopDelay,
    Indicators,
    Lifecycle,
    {
      provide: DatabaseCheck,
      inject: [Database, HEALTH_OPTIONS],
      useFactory: (database: Database, options: HealthOptions) =>
        new DatabaseCheck(database, completeOptions(options)),
    },
    {
      provide: LlmCheck,
      inject: [LlmClient, HEALTH_OPTIONS],
      useFactory: (client: LlmClient, options: HealthOptions) =>
        new LlmCheck(client, completeOptions(options)),
    },
  ],
  exports: [Lifecycle],
})
export class HealthModule extends ConfigurableModuleClass {}
