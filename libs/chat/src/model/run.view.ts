import { PickType } from '@nestjs/swagger';
import { hideAddresses } from '#llm';
import { Run } from './run.entity.js';

/** A run as the API shows it. */
export class RunView extends PickType(Run, [
  'id',
  'conversation_id',
  'message_id',
  'status',
  'error',
  'attempts',
  'created_at',
  'finished_at',
]) {}

/** A run as a caller may see it: only operators see addresses of LLM servers. */
export function runFor(run: RunView, isOperator: boolean): RunView {
  if (isOperator || run.attempts.length === 0) return run;
  const attempts = run.attempts.map((attempt) => ({
    ...attempt,
    endpoint: attempt.endpoint_label ?? attempt.route,
    ...(attempt.error_message ? { error_message: hideAddresses(attempt.error_message) } : {}),
  }));
  return { ...run, attempts };
}

/** The run without the columns that only the server needs. */
export function runView(run: Run): RunView {
  const { id, conversation_id, message_id, status, error, attempts, created_at, finished_at } = run;
  return { id, conversation_id, message_id, status, error, attempts, created_at, finished_at };
}
