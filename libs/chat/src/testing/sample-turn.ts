import { type AttemptView } from '../model/attempt.view.js';
import { type Turn } from '../model/turn.js';

const at = new Date('2026-01-02T03:04:05.678Z');

/** A turn that has just begun, for specs. */
export function sampleTurn({
  runId = 'r1',
  status = 'in_progress',
}: { runId?: string; status?: 'queued' | 'in_progress' } = {}): Turn {
  const notAnswered = { model: null, finish_reason: null, tokens_used: null, usage: null, source: null };
  const shared = { conversation_id: 'c1', ...notAnswered, metadata: {}, created_at: at };
  return {
    owner: 'local',
    user: {
      ...shared,
      id: 'm1',
      parent_id: null,
      seq: 1,
      role: 'user',
      content: 'hi',
      status: 'completed',
      run_id: null,
      completed_at: at,
    },
    reply: {
      ...shared,
      id: 'm2',
      parent_id: 'm1',
      seq: 2,
      role: 'assistant',
      content: '',
      status,
      run_id: runId,
      completed_at: null,
    },
    run: {
      id: runId,
      conversation_id: 'c1',
      message_id: 'm2',
      status,
      error: null,
      attempts: [],
      created_at: at,
      finished_at: null,
    },
    fence: 1,
  };
}

/** An attempt that succeeded. */
export const sampleAttempt: AttemptView = {
  number: 1,
  route: 'primary',
  endpoint: 'ws://llm/',
  outcome: 'succeeded',
  error_code: null,
  first_token_ms: 1,
  duration_ms: 2,
  started_at: '2026-11-23T10:00:00.000Z',
};
