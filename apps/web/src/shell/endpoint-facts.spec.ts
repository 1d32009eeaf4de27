import { type LlmEndpoint } from '@parley/client';
import { endpointFacts } from './endpoint-facts';

const endpoint: LlmEndpoint = {
  url: 'ws://a',
  route: 'primary',
  model: 'tidewater-8b',
  status: 'healthy',
  breaker: 'closed',
  connected: true,
  connections: 1,
  in_flight: 2,
  expected_first_token_ms: null,
  queued: 0,
  last_error: null,
};

describe('endpointFacts', () => {
  it('leaves out what is unknown or zero', () => {
    expect(endpointFacts(endpoint)).toBe('connected · tidewater-8b · primary · 2 in progress');
  });

  it('shows queue and expected time', () => {
    const busy = { ...endpoint, status: 'degraded' as const, queued: 3, expected_first_token_ms: 1_240 };
    expect(endpointFacts(busy)).toBe(
      'paused after failures · tidewater-8b · primary · 2 in progress · 3 queued · first token after about 1.2 s',
    );
  });

  it('shows an endpoint that cannot be reached', () => {
    expect(endpointFacts({ ...endpoint, status: 'unhealthy' })).toMatch(/^unreachable · /);
  });
});
