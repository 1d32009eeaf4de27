import { type Message, type Run, type RunRetrying } from '@parley/client';
import { texts } from '../texts/texts';

const t = texts.answer;
/** The code of an answer that the LLM refused. */
const refusal = 'content_policy_violation';

/** The state of an answer's event stream, as in `LiveAnswer`. */
export type AnswerConnection = 'open' | 'reconnecting' | 'reconnected';

/** Says how often and why the text started over; empty if it never did. Only the last reason is shown. */
export function restartText(restarts: readonly RunRetrying[]): string {
  const last = restarts.at(-1);
  if (last === undefined) return '';
  const { endpoint, reason } = last;
  // Only addresses are shown, not labels such as `primary-1` or the placeholder of a run that was taken over.
  const where = URL.canParse(endpoint) ? endpoint : undefined;
  return t.startedOver(restarts.length, where, t.restartReasons[reason] ?? reason);
}

/**
 * What an unfinished answer waits for; empty while its text is arriving.
 * @param isBehindAnother the run waits until another one of the conversation has finished
 */
export function progressText(connection: AnswerConnection, text: string, isBehindAnother: boolean): string {
  if (connection !== 'open') return t[connection];
  if (text !== '') return '';
  return isBehindAnother ? t.queued : t.thinking;
}

/** Facts below a finished answer: whether it was stopped, the model and the number of tokens. */
export function answerFacts({ model, status, tokens_used }: Message): string[] {
  return [
    ...(status === 'cancelled' ? [t.cancelled] : []),
    ...(model === null ? [] : [model]),
    ...(tokens_used === null ? [] : [t.tokens(tokens_used)]),
  ];
}

/** The title of the box below an answer that failed or is incomplete; empty if the answer is complete. */
export function problemTitle({ status, finish_reason }: Message): string {
  if (status === 'failed' || status === 'incomplete') return t[status];
  return finish_reason === 'length' ? t.incomplete : '';
}

/**
 * Why an answer failed or is incomplete.
 * @param run undefined if the page has not loaded the run
 */
export function problemReason({ content, finish_reason }: Message, run: Run | undefined): string {
  const code = run?.error?.code ?? finish_reason ?? '';
  if (code === refusal) return [t.reasons[code], run?.error?.message].filter(Boolean).join(' ');
  if (code === 'llm_unavailable') {
    if (content !== '') return t.cutReason;
    if (run?.attempts.at(-1)?.error_code === 'empty_answer') return t.emptyReason;
  }
  return t.reasons[code] ?? run?.error?.message ?? '';
}

/** Whether another attempt may succeed: an LLM that has refused to answer does so again. */
export function mayTryAgain({ finish_reason }: Message, run: Run | undefined): boolean {
  return (run?.error?.code ?? finish_reason) !== refusal;
}
