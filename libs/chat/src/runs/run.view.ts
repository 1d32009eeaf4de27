import { PickType } from '@nestjs/swagger';
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

/** Leaves out what only the replicas need to know. */
export function runView(run: Run): RunView {
  const { id, conversation_id, message_id, status, error, attempts, created_at, finished_at } = run;
  return { id, conversation_id, message_id, status, error, attempts, created_at, finished_at };
}
