import { type Attempt } from './attempt.entity.js';
import { type Run } from './run.entity.js';

export type AttemptView = Omit<Attempt, 'run_id'>;

/** What only the replicas need to know. */
type InternalColumn = 'fence' | 'lease_until' | 'text_attempt' | 'cancel_requested_at';

/** A run as the API shows it. */
export type RunView = Omit<Run, InternalColumn> & {
  attempts: AttemptView[];
};

/** Leaves out what only the replicas need to know. */
export function runView(run: Run, attempts: readonly Attempt[]): RunView {
  const { id, conversation_id, message_id, status, error, created_at, finished_at } = run;
  return {
    id,
    conversation_id,
    message_id,
    status,
    error,
    attempts: attempts.map(attemptOfRun),
    created_at,
    finished_at,
  };
}

function attemptOfRun(attempt: Attempt): AttemptView {
  const { number, route, endpoint, outcome, error_code, first_token_ms, duration_ms, started_at } = attempt;
  return { number, route, endpoint, outcome, error_code, first_token_ms, duration_ms, started_at };
}
