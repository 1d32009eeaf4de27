import { LlmUnavailableError } from '../errors/answer-errors.js';
import { type LlmError } from '../errors/llm-error.js';
import { AnswerText } from '../protocols/answer-text.js';
import { type LlmRequest } from '../protocols/protocol.js';
import { completionEvents, fallbackReplyEvents, restartEvent } from './answer-events.js';
import { RequestAttempts, type AttemptContext } from './request-attempts.js';
import { type CallOptions, type OpenCalls } from './call.js';
import { firstAnswer } from './hedge/hedge.js';
import { type LlmEvent } from './llm-event.js';

/** The `restart` event names this as its endpoint before the fallback reply. */
const fallbackReplyOrigin = { name: 'fallback_reply', label: 'fallback_reply' };

/** The dependencies that all requests of a client share. */
export interface LoopContext extends AttemptContext {
  calls: OpenCalls;
  fallbackReply: string | undefined;
}

/**
 * Executes one request: makes one attempt after the other until one succeeds or the failover plan is exhausted. Starts when
 * the first event is read. Throws as described at `LlmClient.stream`.
 */
export async function* attemptLoop(
  context: LoopContext,
  request: LlmRequest,
  options: CallOptions,
): AsyncGenerator<LlmEvent, void> {
  const { clock, calls, fallbackReply } = context;
  const call = calls.begin(options);
  context.hedging.earn(clock.now());
  const attempts = new RequestAttempts(context, request, call, options.label);
  const { plan } = attempts;
  let isShown = false;
  let failure: LlmError | undefined;
  try {
    for (let next = plan.next(call.leftMs); next !== undefined; next = plan.next(call.leftMs)) {
      if (next.delayMs > 0) await call.sleep(next.delayMs);
      if (call.error !== undefined) {
        failure = call.error;
        break;
      }
      if (isShown) yield restartEvent(attempts.nextVersion(), next.endpoint, failure!.code);
      let attempt = attempts.begin(next.endpoint);
      let text = new AnswerText(next.endpoint.redactor);
      try {
        attempt.start();
        const hedge = attempts.hedge(next.endpoint);
        let events;
        if (hedge === undefined) events = await attempt.take();
        else ({ attempt, events } = await firstAnswer(attempt, hedge, clock));
        for (const finished of attempts.takeFinished()) yield finished;
        for (; ; events = await attempt.take()) {
          for (const event of events) {
            call.throwIfAborted();
            if (event.type === 'end') {
              yield attempts.succeeded(attempt);
              for (const final of completionEvents(text, event, attempts.originOf(attempt))) yield final;
              return;
            }
            if (event.type === 'replace') {
              if (text.length > 0) yield restartEvent(attempts.nextVersion(), attempt.endpoint, 'replaced');
              text = new AnswerText(next.endpoint.redactor);
            }
            const piece = text.push(event.text);
            if (piece !== '') yield { type: 'delta', text: piece };
          }
        }
      } catch (error) {
        failure = attempts.failed(attempt, call.errorOf(error));
      } finally {
        if (!attempt.isFinished) attempts.abandoned(attempt);
      }
      for (const finished of attempts.takeFinished()) yield finished;
      isShown = text.length > 0;
      // The redactor may still hold the end of the text, as the possible start of a secret.
      const rest = isShown ? text.finish().rest : '';
      if (rest !== '') yield { type: 'delta', text: rest };
      if (isShown && options.restart === 'never') throw failure;
      if (call.error !== undefined) break;
    }
    if (failure?.scope === 'never') throw failure;
    if (fallbackReply === undefined) throw finalError(failure, plan.retryAfterMs);
    if (isShown) yield restartEvent(attempts.nextVersion(), fallbackReplyOrigin, failure!.code);
    for (const event of fallbackReplyEvents(fallbackReply)) yield event;
  } finally {
    calls.end(call);
  }
}

/** If no model can serve the request, the server's own error; otherwise an error that may be retried later. */
function finalError(failure: LlmError | undefined, retryAfterMs: number | undefined): LlmError {
  return failure?.scope === 'other_route' ? failure : new LlmUnavailableError(failure, retryAfterMs);
}
