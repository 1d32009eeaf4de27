import { type EndpointState } from '#llm';
import { type CheckedEndpoint, llmReport } from './llm-report.js';

function endpoint(
  name: string,
  failure?: string,
  breaker: EndpointState['breaker'] = 'closed',
): CheckedEndpoint {
  const [route = ''] = name.split('-');
  const state = {
    url: `ws://${name}:8080/chat`,
    route,
    model: `model-of-${route}`,
    breaker,
    lastError: undefined,
    weight: 1,
    expectedMs: undefined,
    connections: failure === undefined ? 1 : 0,
    connecting: 0,
    inFlight: 0,
    reuse: 'settled' as const,
    reuseReason: undefined,
    queued: 0,
  };
  return { state, failure };
}

const down = 'connect_failed';
const at = new Date('2026-11-23T10:00:00Z');

describe('llmReport', () => {
  it.each([
    ['its only endpoint is up', [endpoint('a-1')], 'healthy', 'a-1'],
    ['its only endpoint is down', [endpoint('a-1', down)], 'unhealthy', 'a-1'],
    ['both are up', [endpoint('a-1'), endpoint('a-2')], 'healthy', 'a-1'],
    ['the second is down', [endpoint('a-1'), endpoint('a-2', down)], 'degraded', 'a-1'],
    ['the first is down', [endpoint('a-1', down), endpoint('a-2')], 'degraded', 'a-2'],
    ['both are down', [endpoint('a-1', down), endpoint('a-2', down)], 'unhealthy', 'a-1'],
    ['only the fallback is up', [endpoint('a-1', down), endpoint('b-1')], 'degraded', 'b-1'],
    ['only the fallback is down', [endpoint('a-1'), endpoint('b-1', down)], 'healthy', 'a-1'],
    ['the fallback is down, too', [endpoint('a-1', down), endpoint('b-1', down)], 'unhealthy', 'a-1'],
    ['a breaker is open', [endpoint('a-1', undefined, 'open')], 'degraded', 'a-1'],
    ['a breaker is half open', [endpoint('a-1', undefined, 'half_open')], 'healthy', 'a-1'],
    ['a fallback breaker is open', [endpoint('a-1'), endpoint('b-1', undefined, 'open')], 'healthy', 'a-1'],
    ['an endpoint with an open breaker is down', [endpoint('a-1', down, 'open')], 'unhealthy', 'a-1'],
  ])('when %s', (_when, checked, status, shown) => {
    expect(llmReport(checked, at)).toMatchObject({
      success: status !== 'unhealthy',
      llm_service: {
        status,
        connected: status !== 'unhealthy',
        url: `ws://${shown}:8080/chat`,
        model: `model-of-${shown.slice(0, 1)}`,
      },
    });
  });

  it('is unhealthy without any endpoint', () => {
    expect(llmReport([], at)).toEqual({
      success: false,
      llm_service: { status: 'unhealthy', connected: false, url: null, model: null, endpoints: [] },
      timestamp: '2026-11-23T10:00:00.000Z',
    });
  });

  it('has a row for every endpoint', () => {
    const { state } = endpoint('a-1');
    const busy = { ...state, lastError: 'rate_limited', connections: 3, inFlight: 2, queued: 7 };
    const rows = llmReport(
      [{ state: busy, failure: undefined }, endpoint('b-1', down, 'open'), endpoint('b-2')],
      at,
    ).llm_service.endpoints;
    expect(rows).toEqual([
      {
        url: 'ws://a-1:8080/chat',
        route: 'a',
        model: 'model-of-a',
        status: 'healthy',
        breaker: 'closed',
        connected: true,
        connections: 3,
        expected_first_token_ms: null,
        in_flight: 2,
        queued: 7,
        last_error: 'rate_limited',
        reuse: 'settled',
        reuse_reason: null,
      },
      expect.objectContaining({ status: 'unhealthy', breaker: 'open', connected: false, last_error: down }),
      expect.objectContaining({ status: 'healthy', connected: true, last_error: null }),
    ]);
  });
});
