import { type DynamicModule, Module } from '@nestjs/common';
import { AuthModule } from '#auth';
import { BackpressureModule } from '#backpressure';
import { chatEntities, chatMigrations, ChatModule } from '#chat';
import { DatabaseModule, timeoutsWithin, toDatabaseError } from '#database';
import { HealthModule } from '#health';
import { LlmModule } from '#llm';
import { MetricsModule } from '#metrics';
import { openAiErrors, OpenAiModule } from '#openai';
import { errorResponses, ProblemsModule } from '#problems';
import {
  CONFIGURATION,
  ConfigurationModule,
  type Configuration,
  trustsProxy,
} from '../configuration/index.js';
import { AuditLog } from '../logging/audit-log.js';
import { EventLog } from '../logging/event-log.js';
import { Logger } from '../logging/logger.js';
import { backpressureOptions } from './backpressure-options.js';
import { llmOptions } from './llm-options.js';

/** The whole server: gives each module its part of the configuration. */
@Module({})
export class AppModule {
  /** @param databaseUrl the configured one, or that of the embedded server */
  static forRoot(configuration: Configuration, databaseUrl: string, logger: Logger): DynamicModule {
    const inject = [CONFIGURATION];
    const backpressure = backpressureOptions(configuration, logger);
    return {
      module: AppModule,
      imports: [
        ConfigurationModule.forRoot(configuration),
        ProblemsModule.forRoot(errorResponses, [openAiErrors], toDatabaseError),
        AuthModule.forRootAsync({
          inject,
          useFactory: ({ auth, http }: Configuration) => {
            const trusts = trustsProxy(http.trustProxy);
            return {
              ...auth,
              // Half of all connections are reserved for callers with a key.
              allAnonymousConnections: Math.floor(backpressure.maxConnections / 2),
              trustsPeer: (address: string) => trusts(address, 0),
            };
          },
        }),
        BackpressureModule.forRoot(backpressure),
        DatabaseModule.forRootAsync({
          inject,
          useFactory: ({ database, ownerShare }: Configuration) => ({
            url: databaseUrl,
            poolSize: database.poolSize,
            ownerShare,
            preparesStatements: database.preparesStatements,
            rowSecurity: true,
            ...timeoutsWithin(database.timeoutMs),
            onConnectionError: (err) => logger.event('warn', 'a database connection failed', { err }),
          }),
          entities: chatEntities,
          migrations: chatMigrations,
        }),
        {
          ...LlmModule.forRootAsync({
            inject,
            useFactory: ({ llm, ownerShare }: Configuration) => llmOptions(llm, ownerShare),
          }),
          global: true,
        },
        {
          ...ChatModule.forRootAsync({
            inject,
            useFactory: ({
              history,
              http,
              llm,
              drainTimeoutMs,
              runLeaseMs,
              retentionDays,
              searchTimeoutMs,
              ownerShare,
              database,
            }: Configuration) => ({
              history,
              ownerShare,
              search: { timeoutMs: searchTimeoutMs, poolSize: database.poolSize, ownerShare },
              generation: { maxTokens: llm.maxTokens, temperature: llm.temperature },
              drainTimeoutMs,
              retentionDays,
              leaseMs: runLeaseMs,
              streamHeartbeatMs: http.streamHeartbeatMs,
            }),
          }),
          global: true,
        },
        HealthModule.forRoot({}),
        MetricsModule.forRoot(),
        OpenAiModule,
      ],
      providers: [{ provide: Logger, useValue: logger }, EventLog, AuditLog],
    };
  }
}
