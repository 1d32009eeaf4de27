export type LlmStatus = 'healthy' | 'degraded' | 'unhealthy';

/** One LLM server. */
export interface LlmEndpoint {
  url: string;
  route: string;
  model: string;
  status: LlmStatus;
  breaker: string;
  /** Could be reached when it was checked. */
  connected: boolean;
  connections: number;
  in_flight: number;
  expected_first_token_ms: number | null;
  queued: number;
  last_error: string | null;
}

/** `GET /api/llm/health` */
export interface LlmHealth {
  success: boolean;
  llm_service: {
    status: LlmStatus;
    connected: boolean;
    url: string | null;
    model: string | null;
    endpoints: readonly LlmEndpoint[];
  };
  timestamp: string;
}
