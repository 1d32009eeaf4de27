import { type Status } from './message.js';

/** One attempt of a run at one endpoint. */
export interface Attempt {
  number: number;
  route: string;
  endpoint: string;
  outcome: string;
  /** A code of docs/errors.md; null if the attempt succeeded. */
  error_code: string | null;
  /** What happened, at most 500 characters. Missing in attempts of older servers. */
  error_message?: string | null;
  first_token_ms: number | null;
  duration_ms: number | null;
  started_at: string;
}

/** Why a run did not complete. */
export interface RunError {
  /** A code of docs/errors.md. */
  code: string;
  message: string;
  /** Whether generating another answer may succeed. */
  retryable: boolean;
  /** Seconds to wait before another request, if the LLM servers asked for it. */
  retry_after?: number;
}

/** The generation of one answer. */
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
