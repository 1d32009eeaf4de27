import { type Attempt, type RunRetrying } from '@parley/client';
import { answer, run } from '../testing/messages';
import {
  answerFacts,
  mayTryAgain,
  problemReason,
  problemTitle,
  progressText,
  restartText,
} from './answer-facts';

const restart = (reason: string, endpoint: string): RunRetrying => ({
  type: 'run.retrying',
  run_id: 'r1',
  message_id: 'a1',
  attempt: 2,
  endpoint,
  reason,
  keep_chars: 0,
});

describe('restartText', () => {
  it('is empty if the text never started over', () => {
    expect(restartText([])).toBe('');
  });

  it('shows the last reason and the number of restarts', () => {
    const restarts = [restart('idle_timeout', 'ws://b'), restart('connection_closed', 'ws://c')];
    expect(restartText(restarts.slice(0, 1))).toBe('Started over at ws://b: the LLM server stopped sending.');
    expect(restartText(restarts)).toBe(
      'Started over 2 times, now at ws://c: the LLM server closed the connection.',
    );
  });

  it('shows no endpoint while it is unknown, and an unknown reason as it is', () => {
    expect(restartText([restart('server_restart', 'unknown')])).toBe(
      'Started over: the server was restarted.',
    );
    expect(restartText([restart('new_reason', 'unknown')])).toBe('Started over: new_reason.');
  });
});

describe('progressText', () => {
  it('shows the state of the connection first', () => {
    expect(progressText('reconnecting', 'Hello', true)).toBe('Connection lost. Reconnecting …');
    expect(progressText('reconnected', '', true)).toMatch(/^Reconnected/);
  });

  it('is empty while text arrives', () => {
    expect(progressText('open', 'Hello', false)).toBe('');
  });

  it('distinguishes waiting from thinking', () => {
    expect(progressText('open', '', true)).toBe('Waiting for the previous answer');
    expect(progressText('open', '', false)).toBe('Thinking …');
  });
});

describe('answerFacts', () => {
  it('lists what is known', () => {
    expect(answerFacts(answer('a1', { status: 'cancelled', tokens_used: 1_234 }))).toEqual([
      'Stopped.',
      'default',
      '1,234 tokens',
    ]);
    expect(answerFacts(answer('a1', { model: null }))).toEqual([]);
  });
});

describe('problemTitle', () => {
  it.each([
    ['completed', null, ''],
    ['completed', 'stop', ''],
    ['completed', 'length', 'The answer is incomplete.'],
    ['incomplete', null, 'The answer is incomplete.'],
    ['failed', null, 'No answer.'],
    ['cancelled', null, ''],
  ] as const)('of a %s answer with finish reason %s is %j', (status, finish_reason, title) => {
    expect(problemTitle(answer('a1', { status, finish_reason }))).toBe(title);
  });
});

describe('problemReason', () => {
  const error = { code: 'llm_unavailable', message: 'All endpoints failed', retryable: true };

  it('explains the code of the run', () => {
    expect(problemReason(answer('a1', { content: '' }), run({ error }))).toBe('No LLM server answered.');
  });

  it('says that text has arrived, or that the answer was empty', () => {
    expect(problemReason(answer('a1', { content: 'Half' }), run({ error }))).toBe(
      'The LLM server stopped before the end.',
    );
    const attempt = { error_code: 'empty_answer' } as Attempt;
    expect(problemReason(answer('a1', { content: '' }), run({ error, attempts: [attempt] }))).toBe(
      'The LLM sent an empty answer.',
    );
  });

  it('shows the reason of a refusal, after which no other attempt is offered', () => {
    const refused = run({ error: { ...error, code: 'content_policy_violation', message: 'Rule 4.2.' } });
    expect(problemReason(answer('a1', { content: '' }), refused)).toBe(
      'The LLM refused to answer. Rule 4.2.',
    );
    expect(mayTryAgain(answer('a1'), refused)).toBe(false);
    expect(mayTryAgain(answer('a1'), run({ error }))).toBe(true);
  });

  it('shows the message of an unknown code', () => {
    expect(problemReason(answer('a1'), run({ error: { ...error, code: 'new_code' } }))).toBe(
      'All endpoints failed',
    );
  });

  it('explains the finish reason if the run is unknown', () => {
    expect(problemReason(answer('a1', { finish_reason: 'length' }), undefined)).toBe(
      'It reached the maximum length.',
    );
    expect(problemReason(answer('a1'), undefined)).toBe('');
  });
});
