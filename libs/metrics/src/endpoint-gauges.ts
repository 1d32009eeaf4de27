import { Injectable } from '@nestjs/common';
import { type BreakerState, type EndpointState, LlmClient } from '#llm';
import { Gauge } from 'prom-client';
import { MetricsRegistry } from './metrics-registry.js';

const breakerStates: readonly BreakerState[] = ['closed', 'half_open', 'open'];

/**
 * Gauges of the endpoints' state, read on each scrape. Endpoints whose addresses differ only in redacted parts share a
 * series with the sum of their values.
 */
@Injectable()
export class EndpointGauges {
  readonly #client: LlmClient;
  readonly #registry: MetricsRegistry;

  constructor(client: LlmClient, registry: MetricsRegistry) {
    this.#client = client;
    this.#registry = registry;
    this.#gauge('in_flight_requests', 'Requests in flight.', ({ inFlight }) => inFlight);
    this.#gauge('queued_requests', 'Requests that wait for a connection.', ({ queued }) => queued);
    this.#gauge('connections', 'Open connections.', ({ connections }) => connections);
    this.#gauge('connecting', 'Connections that are being opened.', ({ connecting }) => connecting);
    this.#expectedGauge();
    this.#breakerGauge();
  }

  #gauge(name: string, help: string, read: (state: EndpointState) => number): void {
    const client = this.#client;
    const registry = this.#registry;
    new Gauge({
      name: `parley_llm_${name}`,
      help,
      labelNames: ['route', 'endpoint'],
      registers: [registry],
      collect() {
        this.reset();
        for (const state of client.state) this.inc({ route: state.route, endpoint: state.url }, read(state));
      },
    });
  }

  /** An endpoint without an estimate has no sample, as 0 would mean an immediate answer. */
  #expectedGauge(): void {
    const client = this.#client;
    const registry = this.#registry;
    new Gauge({
      name: 'parley_llm_expected_first_token_seconds',
      help: 'Estimated time to first token, as used for load balancing: a peak-sensitive moving average.',
      labelNames: ['route', 'endpoint'],
      registers: [registry],
      collect() {
        this.reset();
        for (const { route, url: endpoint, expectedMs } of client.state) {
          if (expectedMs !== undefined) this.set({ route, endpoint }, expectedMs / 1_000);
        }
      },
    });
  }

  #breakerGauge(): void {
    const client = this.#client;
    const registry = this.#registry;
    new Gauge({
      name: 'parley_llm_breaker_state',
      help: 'State of the circuit breaker: 1 for the current state, 0 for the others.',
      labelNames: ['route', 'endpoint', 'state'],
      registers: [registry],
      collect() {
        this.reset();
        for (const { route, url: endpoint, breaker } of client.state) {
          for (const state of breakerStates) {
            this.inc({ route, endpoint, state }, state === breaker ? 1 : 0);
          }
        }
      },
    });
  }
}
