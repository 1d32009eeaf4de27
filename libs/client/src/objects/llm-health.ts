/** `degraded`: only some of the LLM servers can be used, or one is paused after failures. */
export type LlmStatus = 'healthy' | 'degraded' | 'unhealthy';

/** The status of one LLM server. */
export interface LlmEndpoint {
  url: string;
  route: string;
  model: string;
  status: LlmStatus;
  breaker: string;
  /** Whether it could be reached at the last check. */
  connected: boolean;
  connections: number;
  in_flight: number;
  expected_first_token_ms: number | null;
  queued: number;
  /** The error code, a colon and the message; null if the latest request succeeded. */
  last_error: string | null;
}

/** The response of `GET /api/llm/health`. */
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
