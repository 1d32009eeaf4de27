import { type DynamicModule, Module } from '@nestjs/common';
import { BudgetGauges } from './budget-gauges.js';
import { EndpointGauges } from './endpoint-gauges.js';
import { EventCounter } from './event-counter.js';
import { HttpRequests } from './http-requests.js';
import { MetricsController, PublicMetricsController } from './metrics.controller.js';
import { type MetricsOptions } from './metrics-options.js';
import { MetricsRegistry } from './metrics-registry.js';

/**
 * `GET /metrics` for Prometheus. Requires `LlmClient` and `ChatObserver` from global modules, Fastify, and `AuthModule`.
 * There is no `forRootAsync`, as the option decides which controller is declared.
 */
@Module({ providers: [MetricsRegistry, BudgetGauges, EndpointGauges, EventCounter, HttpRequests] })
export class MetricsModule {
  static forRoot(options: MetricsOptions = {}): DynamicModule {
    return {
      module: MetricsModule,
      controllers: [options.public === true ? PublicMetricsController : MetricsController],
    };
  }
}
