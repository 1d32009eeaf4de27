import { Problem, unavailable } from '#problems';
import { type Turn } from '../model/turn.js';
import { type RunError } from '../model/run.entity.js';

/** Codes of errors that the request itself caused: repeating it unchanged will not help. They become 422. */
const refusals = new Set([
  'content_policy_violation',
  'context_length_exceeded',
  'invalid_request',
  'request_rejected',
  'policy_violation',
]);

/** `Retry-After` in seconds if no LLM server gave one. */
const defaultRetryAfter = 5;

/** The problem for a caller that waited for a run that did not complete, with the ids of the stored turn. */
export function runProblem({ run, reply }: Turn): Problem {
  const error = run.error ?? { code: 'internal_error', message: 'The run failed.', retryable: true };
  return errorProblem(error, {
    conversation_id: reply.conversation_id,
    message_id: reply.id,
    run_id: run.id,
  });
}

/**
 * The problem for a failed run: 409 if it was cancelled, 422 for errors of the request, 502 for other permanent errors, 503
 * with `Retry-After` for temporary ones.
 * @param fields ids of stored rows
 */
export function errorProblem(error: RunError, fields: Record<string, string> = {}): Problem {
  if (error.code === 'cancelled') {
    return new Problem({ status: 409, code: 'run_cancelled', detail: 'The run was cancelled.', fields });
  }
  if (refusals.has(error.code)) {
    return new Problem({ status: 422, code: error.code, detail: error.message, fields });
  }
  if (!error.retryable) return new Problem({ status: 502, code: error.code, detail: error.message, fields });
  const retryAfterSeconds = error.retry_after ?? defaultRetryAfter;
  return unavailable(error.code, error.message, { retryAfterSeconds, fields });
}
