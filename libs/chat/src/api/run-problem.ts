import { Problem, runErrorResponse, unavailable } from '#problems';
import { type Turn } from '../model/turn.js';
import { type AttemptView } from '../model/attempt.view.js';
import { type RunError } from '../model/run.entity.js';

/** `Retry-After` in seconds if no LLM server gave one. */
const defaultRetryAfter = 5;

/**
 * The problem for a caller that waited for a run that did not complete, with the ids of the stored turn.
 * @param isOperator whether the caller may see addresses of LLM servers: then the detail describes the last failed attempt
 */
export function runProblem({ run, reply }: Turn, isOperator = false): Problem {
  const error = run.error ?? { code: 'internal_error', message: 'The run failed.', retryable: true };
  const message = isOperator ? messageForOperators(error, run.attempts) : error.message;
  return errorProblem(
    { ...error, message },
    {
      conversation_id: reply.conversation_id,
      message_id: reply.id,
      run_id: run.id,
    },
  );
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

function messageForOperators({ code, message }: RunError, attempts: readonly AttemptView[]): string {
  if (code !== 'llm_unavailable') return message;
  const failure = attempts.findLast(({ outcome }) => outcome === 'failed')?.error_message;
  return failure ? `no LLM endpoint answered: ${failure}` : message;
}
