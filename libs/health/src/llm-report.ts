import { ApiProperty } from '@nestjs/swagger';
import { type EndpointState } from '#llm';

const statuses = ['healthy', 'degraded', 'unhealthy'] as const;

/** Of an endpoint or of the whole service. */
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
    description: 'degraded: it can be reached, but its breaker keeps requests away from it',
  })
  status!: LlmStatus;

  @ApiProperty({ enum: ['closed', 'open', 'half_open'] })
  breaker!: EndpointState['breaker'];

  @ApiProperty({ description: 'Could be reached when it was checked' })
  connected!: boolean;

  @ApiProperty({ type: 'integer' })
  connections!: number;

  @ApiProperty({ type: 'integer' })
  in_flight!: number;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'What its next first token is expected to take; null while nothing is known',
  })
  expected_first_token_ms!: number | null;

  @ApiProperty({ type: 'integer' })
  queued!: number;

  @ApiProperty({
    enum: ['settled', 'ids', 'never', 'always', 'conversation'],
    description:
      'Which requests may reuse a connection: of any caller after a quiet period (settled), of any caller immediately because the ' +
      'server repeats ids (ids) or because the configuration says so (always), of the same conversation, or none (never)',
  })
  reuse!: EndpointState['reuse'];

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Why `reuse` has changed since the start; null if it has not',
  })
  reuse_reason!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'A code: why it cannot be reached, or else why its last request failed',
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
    description: 'Of the first endpoint that can be reached; when there is none, of the first',
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

/** A report for callers who are not operators: whether the service works, without addresses. */
export function summaryOf(report: LlmReport): LlmReport {
  return { ...report, llm_service: { ...report.llm_service, url: null, endpoints: [] } };
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
    reuse: state.reuse,
    reuse_reason: state.reuseReason ?? null,
    last_error: failure ?? state.lastError ?? null,
  };
}
