import { LlmServerError, LlmUnavailableError } from '#llm';
import { sampleTurn } from '../../testing/sample-turn.js';
import { abandoned, cancelled, completed, failed, finishedTurn } from './run-outcome.js';
import { runProblem } from '../../api/run-problem.js';

const unavailable = new LlmUnavailableError(undefined);
const refused = new LlmServerError('content_policy_violation', 'no');

describe('the outcome of a run', () => {
  it.each([
    ['an error before any text', failed(unavailable, '', []), 'failed', 'llm_unavailable', null],
    [
      'an error after some text',
      failed(unavailable, 'Hel', []),
      'incomplete',
      'llm_unavailable',
      'llm_unavailable',
    ],
    ['a cancel', cancelled('Hel', []), 'cancelled', 'cancelled', 'cancelled'],
    [
      'a restart of the server',
      abandoned('incomplete', 'Hel'),
      'incomplete',
      'server_restart',
      'server_restart',
    ],
  ])('of %s keeps the text and the error', (_, outcome, status, code, finishReason) => {
    expect(outcome).toMatchObject({ status, finish_reason: finishReason, error: { code } });
  });

  it('yields the turn as it is stored', () => {
    const completion = {
      text: 'Hello',
      source: 'fallback',
      model: 'm',
      finishReason: 'length',
      usage: { totalTokens: 7, inputTokens: 2 },
      metadata: { x: 1 },
    } as const;
    const at = new Date(5);
    const turn = finishedTurn(sampleTurn(), completed(completion, []), at);
    expect(turn.reply).toMatchObject({
      id: 'm2',
      seq: 2,
      content: 'Hello',
      status: 'completed',
      finish_reason: 'length',
      tokens_used: 7,
      usage: { input_tokens: 2, output_tokens: null, total_tokens: 7 },
      source: 'fallback',
      metadata: { x: 1 },
      completed_at: at,
    });
    expect(turn.run).toMatchObject({ status: 'completed', error: null, finished_at: at });
    expect(Object.keys(turn.reply)).toEqual(Object.keys(sampleTurn().reply));
  });

  it.each([
    [failed(unavailable, '', []), 503, 'llm_unavailable', true],
    [failed(refused, '', []), 422, 'content_policy_violation', false],
    [cancelled('', []), 409, 'run_cancelled', false],
    [abandoned('incomplete', ''), 503, 'server_restart', true],
  ])('becomes a problem for a waiting caller: %#', (outcome, status, code, retryable) => {
    const problem = runProblem(finishedTurn(sampleTurn(), outcome, new Date(0)));
    expect(problem).toMatchObject({
      status,
      code,
      retryable,
      fields: { message_id: 'm2', run_id: 'r1', conversation_id: 'c1' },
    });
  });

  it.each([
    ['nothing', undefined, undefined, 5],
    ['a part of a second', 200, 1, 1],
    ['half a minute', 29_900, 30, 30],
    ['a day', 86_400_000, 600, 600],
  ])('passes on how long the server asked to wait: %s', (_, retryAfterMs, retry_after, retryAfterSeconds) => {
    const outcome = failed(new LlmUnavailableError(undefined, retryAfterMs), '', []);
    expect(outcome.error?.retry_after).toBe(retry_after);
    expect(runProblem(finishedTurn(sampleTurn(), outcome, new Date(0)))).toMatchObject({ retryAfterSeconds });
  });
});
