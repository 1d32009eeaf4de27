import { Injectable } from '@nestjs/common';
import { LlmClient } from '#llm';
import { Gauge } from 'prom-client';
import { MetricsRegistry } from './metrics-registry.js';

/** Gauges of the retry and hedge budgets, read on each scrape. */
@Injectable()
export class BudgetGauges {
  constructor(client: LlmClient, registry: MetricsRegistry) {
    new Gauge({
      name: 'parley_llm_retry_budget',
      help: 'Remaining retries of a route; negative while failovers to other endpoints have overdrawn it.',
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
      help: 'Remaining hedged requests.',
      registers: [registry],
      collect() {
        this.set(client.budgets.hedges ?? 0);
      },
    });
  }
}
