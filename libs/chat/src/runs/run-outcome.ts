import { type AttemptRecord, type LlmCompletion, type LlmError } from '#llm';
import { type Usage } from '../messages/message.entity.js';
import { type FinishedRun } from '../turns/finish-runs.js';
import { type Turn } from '../turns/turn.js';
import { type StopReason } from './live-run.js';
import { type RunError } from './run.entity.js';
import { type AttemptView } from './run.view.js';

/** How a generation ended: what is written of it, and what its listeners are told. */
export type RunOutcome = Omit<
  FinishedRun,
  'run_id' | 'conversation_id' | 'message_id' | 'fence' | 'text_attempt'
>;

/** The reason of a run that ended because its server had to. */
export const serverRestart: RunError = {
  code: 'server_restart',
  message: 'the server was restarted before the answer was complete',
  retryable: true,
};

const cancelled: RunError = { code: 'cancelled', message: 'the run was cancelled', retryable: false };

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

/** Text that was shown is kept: the answer is then `incomplete`, not `failed`. */
export function ended(error: LlmError, text: string, attempts: readonly AttemptView[]): RunOutcome {
  return withoutCompletion(
    text === '' ? 'failed' : 'incomplete',
    { code: error.code, message: error.message, retryable: error.retryable },
    text,
    attempts,
  );
}

/** A run that was told to stop keeps what there is of its answer. */
export function stopped(reason: StopReason, text: string, attempts: readonly AttemptView[]): RunOutcome {
  return reason === 'cancelled'
    ? withoutCompletion('cancelled', cancelled, text, attempts)
    : withoutCompletion('incomplete', serverRestart, text, attempts);
}

export function attemptView(attempt: AttemptRecord): AttemptView {
  return {
    number: attempt.number,
    route: attempt.route,
    endpoint: attempt.endpoint,
    outcome: attempt.outcome,
    error_code: attempt.errorCode,
    first_token_ms: attempt.firstTokenMs,
    duration_ms: attempt.durationMs,
    started_at: attempt.startedAt,
  };
}

/** The turn as it reads once its outcome is stored. */
export function finishedTurn(turn: Turn, outcome: RunOutcome, finishedAt: Date): Turn {
  const { attempts, error, ...answer } = outcome;
  return {
    ...turn,
    reply: { ...turn.reply, ...answer, completed_at: finishedAt },
    run: { ...turn.run, status: outcome.status, error, attempts: inOrder(attempts), finished_at: finishedAt },
  };
}

/** One that was asked beside another may have ended before it. */
function inOrder(attempts: readonly AttemptView[]): AttemptView[] {
  return [...attempts].sort((a, b) => a.number - b.number);
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
