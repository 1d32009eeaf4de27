import { ApiProperty } from '@nestjs/swagger';
import { type EndpointState } from '#llm';

const statuses = ['healthy', 'degraded', 'unhealthy'] as const;

/** The status of an endpoint or of the whole service. */
export type LlmStatus = (typeof statuses)[number];

/** An endpoint's row in `GET /api/llm/health`. */
export class EndpointRow {
  @ApiProperty()
  url!: string;

  @ApiProperty()
  route!: string;

  @ApiProperty()
  model!: string;

  @ApiProperty({
    enum: statuses,
    description: 'degraded: reachable, but its circuit breaker is open',
  })
  status!: LlmStatus;

  @ApiProperty({ enum: ['closed', 'open', 'half_open'] })
  breaker!: EndpointState['breaker'];

  @ApiProperty({ description: 'Whether the latest check reached it' })
  connected!: boolean;

  @ApiProperty({ type: 'integer' })
  connections!: number;

  @ApiProperty({ type: 'integer' })
  in_flight!: number;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Estimated time to first token of the next request; null while unknown',
  })
  expected_first_token_ms!: number | null;

  @ApiProperty({ type: 'integer' })
  queued!: number;

  @ApiProperty({
    enum: ['settled', 'ids', 'never', 'always', 'conversation'],
    description:
      'Which requests may reuse a connection: those of any caller after a quiet period (settled), those of any caller ' +
      'immediately, as the server echoes request ids (ids) or as configured (always), those of the same conversation ' +
      '(conversation), or none (never)',
  })
  reuse!: EndpointState['reuse'];

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Why `reuse` has changed since the start; null if unchanged',
  })
  reuse_reason!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'Why it is not reachable, or else why its latest request failed: the error code, a colon, and the message',
    example: 'unauthorized: ws://llm.example/chat refused the WebSocket handshake with HTTP 403 Forbidden',
  })
  last_error!: string | null;
}

class LlmService {
  @ApiProperty({ enum: statuses })
  status!: LlmStatus;

  @ApiProperty()
  connected!: boolean;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The first reachable endpoint, or else the first endpoint',
  })
  url!: string | null;

  @ApiProperty({ type: String, nullable: true })
  model!: string | null;

  @ApiProperty({ type: [EndpointRow] })
  endpoints!: EndpointRow[];
}

/** The body of `GET /api/llm/health`. */
export class LlmReport {
  @ApiProperty()
  success!: boolean;

  @ApiProperty()
  llm_service!: LlmService;

  @ApiProperty({ format: 'date-time', description: 'When the endpoints were checked' })
  timestamp!: string;
}

/** An endpoint and the result of its check. */
export interface CheckedEndpoint {
  state: EndpointState;
  /** Error code and message; undefined if the endpoint was reached. */
  failure: string | undefined;
}

/**
 * Builds the report.
 * @param checked the endpoints of all routes, those of the primary route first
 * @param at when they were checked
 */
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

/** The report for callers other than operators: without addresses. */
export function summaryOf(report: LlmReport): LlmReport {
  return { ...report, llm_service: { ...report.llm_service, url: null, endpoints: [] } };
}

/** The status of the primary route, but at worst degraded while any endpoint is reachable. */
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
    reuse: state.reuse,
    reuse_reason: state.reuseReason ?? null,
    last_error: failure ?? state.lastError ?? null,
  };
}
