import { type Status } from './message.js';

/** One try of a run against one endpoint. */
export interface Attempt {
  number: number;
  route: string;
  endpoint: string;
  outcome: string;
  /** docs/errors.md lists them. */
  error_code: string | null;
  first_token_ms: number | null;
  duration_ms: number | null;
  started_at: string;
}

/** Why a run did not complete; docs/errors.md lists the codes. */
export interface RunError {
  code: string;
  message: string;
  /** Another answer to the same message may succeed. */
  retryable: boolean;
  /** Seconds that the LLM servers want to be left alone, where they said so. */
  retry_after?: number;
}

/** One generation of one answer. */
export interface Run {
  id: string;
  conversation_id: string;
  message_id: string;
  status: Status;
  error: RunError | null;
  attempts: readonly Attempt[];
  created_at: string;
  finished_at: string | null;
}
