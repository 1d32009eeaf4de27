import { storableUpTo, type AttemptRecord, type LlmCompletion, type LlmError } from '#llm';
import { type Usage } from '../../model/message.entity.js';
import { type RunEndRow } from '../../store/finish-runs.js';
import { type Turn } from '../../model/turn.js';
import { type RunError } from '../../model/run.entity.js';
import { type FinalStatus, nextStatus, type RunChange } from '../../model/run-state.js';
import { type AttemptView } from '../../model/attempt.view.js';

/** How a run ended: the values to store, and to send to its readers. */
export type RunOutcome = Omit<
  RunEndRow,
  'owner' | 'run_id' | 'conversation_id' | 'message_id' | 'fence' | 'text_attempt'
>;

/** The error of a run that ended because its server stopped or died. */
export const serverRestart: RunError = {
  code: 'server_restart',
  message: 'the server was restarted before the answer was complete',
  retryable: true,
};

const wasCancelled: RunError = { code: 'cancelled', message: 'the run was cancelled', retryable: false };

/** The outcome of a complete answer. */
export function completed(completion: LlmCompletion, attempts: readonly AttemptView[]): RunOutcome {
  const { usage } = completion;
  return {
    status: 'completed',
    error: null,
    content: completion.text,
    model: completion.model,
    finish_reason: completion.finishReason,
    tokens_used: usage?.totalTokens ?? null,
    usage: usage === null ? null : usageView(usage),
    source: completion.source,
    metadata: { ...completion.metadata },
    attempts,
  };
}

/** The outcome of a failure. Text that was sent to readers is kept: then the answer is `incomplete`, not `failed`. */
export function failed(error: LlmError, text: string, attempts: readonly AttemptView[]): RunOutcome {
  return withoutCompletion(
    finalStatus({ type: 'failed', hasText: text !== '' }),
    runError(error),
    text,
    attempts,
  );
}

/** Largest `retry_after` for callers, in seconds. */
const longestRetryAfter = 600;

/** The LLM client's error as it is stored with a run and returned to its caller, without addresses of servers. */
export function runError({ code, publicMessage: message, retryable, retryAfterMs }: LlmError): RunError {
  if (!retryable || retryAfterMs === undefined) return { code, message, retryable };
  const retry_after = Math.min(longestRetryAfter, Math.max(1, Math.ceil(retryAfterMs / 1_000)));
  return { code, message, retryable, retry_after };
}

/** The error of a run whose answer PostgreSQL cannot store. */
const notStorable: RunError = {
  code: 'answer_not_storable',
  message: 'the answer arrived, but the database cannot store it',
  retryable: true,
};

/**
 * The forms in which to store an outcome, in the order in which to try them if PostgreSQL refuses one: unchanged; the text
 * of the answer without model, usage and metadata; a failure without the answer.
 */
export function* storableOutcomes(outcome: RunOutcome): Generator<RunOutcome, void> {
  yield outcome;
  const finish_reason = outcome.finish_reason === null ? null : 'unknown';
  yield { ...outcome, finish_reason, model: null, tokens_used: null, usage: null, metadata: {} };
  yield withoutCompletion('failed', notStorable, '', []);
}

/** The outcome of a cancelled run, with its partial answer. */
export function cancelled(text: string, attempts: readonly AttemptView[]): RunOutcome {
  return withoutCompletion('cancelled', wasCancelled, text, attempts);
}

/** The outcome of a run that its replica did not finish and that is not generated again, with its partial answer. */
export function abandoned(
  status: FinalStatus,
  text: string,
  attempts: readonly AttemptView[] = [],
): RunOutcome {
  return withoutCompletion(status, status === 'cancelled' ? wasCancelled : serverRestart, text, attempts);
}

/** The most characters of an attempt's error message that are stored. */
const maxErrorMessage = 500;

/**
 * An attempt as it is stored.
 * @param base see `attemptsBefore`
 */
export function attemptView(attempt: AttemptRecord, base = 0): AttemptView {
  return {
    number: base + attempt.number,
    route: attempt.route,
    endpoint: attempt.endpoint,
    endpoint_label: attempt.endpointLabel,
    outcome: attempt.outcome,
    error_code: attempt.errorCode,
    error_message: attempt.errorMessage === null ? null : storableUpTo(maxErrorMessage, attempt.errorMessage),
    first_token_ms: attempt.firstTokenMs,
    duration_ms: attempt.durationMs,
    started_at: attempt.startedAt.toISOString(),
  };
}

/** The values to store at the end of a turn's run. */
export function runEndRow(
  { owner, run, reply, fence }: Turn,
  outcome: RunOutcome,
  textAttempt: number,
): RunEndRow {
  return {
    ...outcome,
    attempts: inOrder(outcome.attempts),
    owner,
    run_id: run.id,
    conversation_id: reply.conversation_id,
    message_id: reply.id,
    fence,
    text_attempt: textAttempt,
  };
}

/** The turn after its outcome was stored. */
export function finishedTurn(turn: Turn, outcome: RunOutcome, finishedAt: Date): Turn {
  const { attempts, error, ...answer } = outcome;
  return {
    ...turn,
    reply: { ...turn.reply, ...answer, completed_at: finishedAt },
    run: { ...turn.run, status: outcome.status, error, attempts: inOrder(attempts), finished_at: finishedAt },
  };
}

/** By number: a hedged attempt may end before an earlier one. */
function inOrder(attempts: readonly AttemptView[]): AttemptView[] {
  return [...attempts].sort((a, b) => a.number - b.number);
}

function finalStatus(
  change: Extract<RunChange, { type: 'failed' | 'completed' | 'cancelled' }>,
): FinalStatus {
  return nextStatus('in_progress', change) as FinalStatus;
}

function withoutCompletion(
  status: RunOutcome['status'],
  error: RunError,
  text: string,
  attempts: readonly AttemptView[],
): RunOutcome {
  return {
    status,
    error,
    content: text,
    model: null,
    finish_reason: status === 'failed' ? null : error.code,
    tokens_used: null,
    usage: null,
    source: null,
    metadata: {},
    attempts,
  };
}

function usageView(usage: NonNullable<LlmCompletion['usage']>): Usage {
  return {
    input_tokens: usage.inputTokens ?? null,
    output_tokens: usage.outputTokens ?? null,
    total_tokens: usage.totalTokens ?? null,
  };
}
