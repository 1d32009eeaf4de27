import { Injectable } from '@nestjs/common';
import { LlmClient } from '#llm';
import { Gauge } from 'prom-client';
import { MetricsRegistry } from './metrics-registry.js';

/** What may still be asked beyond one attempt for each request; read when the page is asked for. */
@Injectable()
export class BudgetGauges {
  constructor(client: LlmClient, registry: MetricsRegistry) {
    new Gauge({
      name: 'parley_llm_retry_budget',
      help: 'Retries that a route has left; below 0 while switches to other endpoints have overdrawn it.',
      labelNames: ['route'],
      registers: [registry],
      collect() {
        this.reset();
        for (const { route, available } of client.budgets.retries) this.set({ route }, available);
      },
    });
    if (client.budgets.hedges === undefined) return;
    new Gauge({
      name: 'parley_llm_hedge_budget',
      help: 'Requests that may be asked twice now.',
      registers: [registry],
      collect() {
        this.set(client.budgets.hedges ?? 0);
      },
    });
  }
}
