import { type LlmEndpoint } from '@parley/client';
import { texts } from '../texts/texts';

const t = texts.status;

/** One line about an LLM server: its state, model, route, load and expected time to first token. */
export function endpointFacts(endpoint: LlmEndpoint): string {
  const state = { healthy: t.connected, degraded: t.paused, unhealthy: t.unreachable }[endpoint.status];
  const firstTokenMs = endpoint.expected_first_token_ms;
  return [
    state,
    endpoint.model,
    endpoint.route,
    t.inFlight(endpoint.in_flight),
    ...(endpoint.queued > 0 ? [t.queued(endpoint.queued)] : []),
    ...(firstTokenMs === null ? [] : [t.firstToken(firstTokenMs)]),
  ].join(' · ');
}
