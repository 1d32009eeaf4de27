import { Problem, runErrorResponse, unavailable } from '#problems';
import { type Turn } from '../model/turn.js';
import { type RunError } from '../model/run.entity.js';

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
  const response = runErrorResponse(error.code);
  if (response !== undefined) {
    const { status, code = error.code, detail = error.message } = response;
    return new Problem({ status, code, detail, fields });
  }
  if (!error.retryable) return new Problem({ status: 502, code: error.code, detail: error.message, fields });
  const retryAfterSeconds = error.retry_after ?? defaultRetryAfter;
  return unavailable(error.code, error.message, { retryAfterSeconds, fields });
}
