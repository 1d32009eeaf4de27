import { type EndpointState } from '#llm';

/** Of an endpoint or of the whole service. */
export type LlmStatus = 'healthy' | 'degraded' | 'unhealthy';

/** An endpoint's row in `GET /api/llm/health`. */
export interface EndpointRow {
  url: string;
  route: string;
  model: string;
  /** `degraded`: it can be reached, but its breaker keeps requests away from it. */
  status: LlmStatus;
  breaker: EndpointState['breaker'];
  /** Could be reached when it was checked. */
  connected: boolean;
  connections: number;
  in_flight: number;
  /** What its next first token is expected to take; null while nothing is known. */
  expected_first_token_ms: number | null;
  queued: number;
  /** A code: why it cannot be reached, or else why its last request failed. */
  last_error: string | null;
}

/** The body of `GET /api/llm/health`. */
export interface LlmReport {
  success: boolean;
  llm_service: {
    status: LlmStatus;
    connected: boolean;
    /** Of the first endpoint that can be reached; when there is none, of the first. */
    url: string | null;
    model: string | null;
    endpoints: EndpointRow[];
  };
  /** When the endpoints were checked. */
  timestamp: string;
}

/** What a check found out about one endpoint. */
export interface CheckedEndpoint {
  state: EndpointState;
  /** A code; undefined when the endpoint was reached. */
  failure: string | undefined;
}

/** Reports on the endpoints of all routes, the primary route's first. */
export function llmReport(checked: readonly CheckedEndpoint[], at: Date): LlmReport {
  const endpoints = checked.map(endpointRow);
  const status = serviceStatus(endpoints);
  const shown = endpoints.find(({ connected }) => connected) ?? endpoints[0];
  return {
    success: status !== 'unhealthy',
    llm_service: {
      status,
      connected: endpoints.some(({ connected }) => connected),
      url: shown?.url ?? null,
      model: shown?.model ?? null,
      endpoints,
    },
    timestamp: at.toISOString(),
  };
}

/** The service is as good as its primary route, and no worse than degraded while anything can be reached. */
export function serviceStatus(endpoints: readonly EndpointRow[]): LlmStatus {
  if (!endpoints.some(({ connected }) => connected)) return 'unhealthy';
  const primary = endpoints.filter(({ route }) => route === endpoints[0]?.route);
  return primary.every(({ status }) => status === 'healthy') ? 'healthy' : 'degraded';
}

function endpointRow({ state, failure }: CheckedEndpoint): EndpointRow {
  return {
    url: state.url,
    route: state.route,
    model: state.model,
    status: failure !== undefined ? 'unhealthy' : state.breaker === 'open' ? 'degraded' : 'healthy',
    breaker: state.breaker,
    connected: failure === undefined,
    connections: state.connections,
    in_flight: state.inFlight,
    expected_first_token_ms: state.expectedMs === undefined ? null : Math.round(state.expectedMs),
    queued: state.queued,
    last_error: failure ?? state.lastError ?? null,
  };
}
