import { Problem, unavailable } from '#problems';
import { type Turn } from '../model/turn.js';
import { type RunError } from '../model/run.entity.js';

/** Errors of the request itself, as the LLM server sees it: sending it again unchanged will not help. */
const refusals = new Set([
  'content_policy_violation',
  'context_length_exceeded',
  'invalid_request',
  'request_rejected',
  'policy_violation',
]);

/** Seconds after which a caller may try again, where no LLM server said how many. */
const usualRetryAfter = 5;

/** The answer to a caller who waited for a run that did not complete; it names what was stored. */
export function runProblem({ run, reply }: Turn): Problem {
  const error = run.error ?? { code: 'internal_error', message: 'The run failed.', retryable: true };
  return errorProblem(error, {
    conversation_id: reply.conversation_id,
    message_id: reply.id,
    run_id: run.id,
  });
}

/** The answer to a caller who gets no answer from an LLM. `fields`: what is to be found in the database. */
export function errorProblem(error: RunError, fields: Record<string, string> = {}): Problem {
  if (error.code === 'cancelled') {
    return new Problem({ status: 409, code: 'run_cancelled', detail: 'The run was cancelled.', fields });
  }
  if (refusals.has(error.code)) {
    return new Problem({ status: 422, code: error.code, detail: error.message, fields });
  }
  if (!error.retryable) return new Problem({ status: 502, code: error.code, detail: error.message, fields });
  const retryAfterSeconds = error.retry_after ?? usualRetryAfter;
  return unavailable(error.code, error.message, { retryAfterSeconds, fields });
}
