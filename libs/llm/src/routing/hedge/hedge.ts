import { type Clock } from '../../clock.js';
import { LlmCancelledError } from '../../errors/answer-errors.js';
import { type LlmError } from '../../errors/llm-error.js';
import { type AnswerEvent } from '../../protocols/answer-assembly.js';
import { type Attempt } from '../attempt.js';

/** How to hedge an attempt: when to start a second one, and what to do with the loser. */
export interface Hedge {
  /** The time without an answer after which the second attempt starts, in ms. */
  afterMs: number;
  /** Creates the second attempt; undefined if no other endpoint is healthy or the hedging budget is used up. */
  begin: () => Attempt | undefined;
  /** Called with the attempt that lost: it failed, or the other one answered first (LlmCancelledError). */
  ended: (attempt: Attempt, error: LlmError) => void;
  /** Converts a caught value to an LlmError. */
  errorOf: (thrown: unknown) => LlmError;
}

/** The attempt that answered first, with its first events. */
export interface FirstAnswer {
  attempt: Attempt;
  events: readonly AnswerEvent[];
}

/**
 * Waits for the first events of a started attempt. If it takes longer than `hedge.afterMs`, starts a second attempt beside
 * it. The attempt that answers first continues; the other one is passed to `hedge.ended`. If both fail, the second one's
 * error goes to `hedge.ended` and the first one's is thrown.
 */
export async function firstAnswer(attempt: Attempt, hedge: Hedge, clock: Clock): Promise<FirstAnswer> {
  const first = attempt.take();
  const other = (await settlesWithin(first, hedge.afterMs, clock)) ? undefined : hedge.begin();
  if (other === undefined) return { attempt, events: await first };

  other.start();
  const second = other.take();
  const winner = await Promise.any([first.then(() => attempt), second.then(() => other)]).catch(
    () => undefined,
  );
  if (winner === undefined) {
    hedge.ended(other, hedge.errorOf(await rejectionOf(second)));
    return { attempt, events: await first };
  }
  const [winning, loser, losing] = winner === attempt ? [first, other, second] : [second, attempt, first];
  hedge.ended(loser, await errorOfLoser(losing, hedge));
  return { attempt: winner, events: await winning };
}

/** Resolves with true once the promise has settled, either way; with false if `ms` pass first. */
function settlesWithin(promise: Promise<unknown>, ms: number, clock: Clock): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = clock.timer(ms, () => resolve(false));
    const settled = (): void => {
      timer.cancel();
      resolve(true);
    };
    promise.then(settled, settled);
  });
}

/** The loser's own error if it has already failed; otherwise an LlmCancelledError because the other one was faster. */
async function errorOfLoser(losing: Promise<unknown>, { errorOf }: Hedge): Promise<LlmError> {
  const slower = new LlmCancelledError('another endpoint answered first');
  const failure = await Promise.race([losing.then(() => slower, errorOf), Promise.resolve(slower)]);
  losing.catch(() => undefined);
  return failure;
}

function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}
