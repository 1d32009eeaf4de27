import { ApiProperty, OmitType, PickType } from '@nestjs/swagger';
import { Attempt } from './attempt.entity.js';
import { Run } from './run.entity.js';

export class AttemptView extends OmitType(Attempt, ['run_id']) {}

/** A run as the API shows it. */
export class RunView extends PickType(Run, [
  'id',
  'conversation_id',
  'message_id',
  'status',
  'error',
  'created_at',
  'finished_at',
]) {
  @ApiProperty({ type: [AttemptView] })
  attempts!: AttemptView[];
}

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
