import { LlmUnavailableError } from '../errors/answer-errors.js';
import { type LlmError } from '../errors/llm-error.js';
import { AnswerText } from '../protocols/answer-text.js';
import { type LlmRequest } from '../protocols/protocol.js';
import { fallbackReplyEvents, completionEvents, restart } from './answer-events.js';
import { RequestAttempts, type AttemptContext } from './request-attempts.js';
import { type CallOptions, type OpenCalls } from './call.js';
import { firstAnswer } from './hedge/hedge.js';
import { type LlmEvent } from './llm-event.js';

/** Stands for an endpoint when the canned reply is the answer. */
const canned = { name: 'fallback_reply', label: 'fallback_reply' };

/** What all requests of a client share. */
export interface LoopContext extends AttemptContext {
  calls: OpenCalls;
  fallbackReply: string | undefined;
}

/**
 * Carries out one request: one attempt after the other, until one has given the whole answer or there is nowhere left to
 * go. Begins when the first event is asked for.
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
    for (let step = plan.next(call.leftMs); step !== undefined; step = plan.next(call.leftMs)) {
      if (step.delayMs > 0) await call.pause(step.delayMs);
      if (call.error !== undefined) {
        failure = call.error;
        break;
      }
      if (isShown) yield restart(attempts.nextVersion(), step.endpoint, failure!.code);
      let attempt = attempts.begin(step.endpoint);
      let text = new AnswerText(step.endpoint.redactor);
      try {
        attempt.start();
        const hedge = attempts.hedge(step.endpoint);
        let events;
        if (hedge === undefined) events = await attempt.take();
        else ({ attempt, events } = await firstAnswer(attempt, hedge, clock));
        for (const ended of attempts.takeEnded()) yield ended;
        for (; ; events = await attempt.take()) {
          for (const event of events) {
            call.throwIfEnded();
            if (event.type === 'end') {
              yield attempts.succeeded(attempt);
              for (const last of completionEvents(text, event, attempts.originOf(attempt))) yield last;
              return;
            }
            if (event.type === 'replace') {
              if (text.length > 0) yield restart(attempts.nextVersion(), attempt.endpoint, 'replaced');
              text = new AnswerText(step.endpoint.redactor);
            }
            const piece = text.push(event.text);
            if (piece !== '') yield { type: 'delta', text: piece };
          }
        }
      } catch (error) {
        failure = attempts.failed(attempt, call.errorOf(error));
      } finally {
        if (!attempt.isFinished) attempts.left(attempt);
      }
      for (const ended of attempts.takeEnded()) yield ended;
      isShown = text.length > 0;
      // The end of the text may have been held back as the possible start of a secret; now it is known not to be one.
      const rest = isShown ? text.finish().rest : '';
      if (rest !== '') yield { type: 'delta', text: rest };
      if (isShown && options.restart === 'never') throw failure;
      if (call.error !== undefined) break;
    }
    if (failure?.scope === 'never') throw failure;
    if (fallbackReply === undefined) throw finalError(failure, plan.retryAfterMs);
    if (isShown) yield restart(attempts.nextVersion(), canned, failure!.code);
    for (const event of fallbackReplyEvents(fallbackReply)) yield event;
  } finally {
    calls.end(call);
  }
}

/** What no model can do is the request's own fault; everything else may be another way a little later. */
function finalError(failure: LlmError | undefined, retryAfterMs: number | undefined): LlmError {
  return failure?.scope === 'other_route' ? failure : new LlmUnavailableError(failure, retryAfterMs);
}
