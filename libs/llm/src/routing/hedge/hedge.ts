import { type Clock } from '../../clock.js';
import { LlmCancelledError } from '../../errors/answer-errors.js';
import { type LlmError } from '../../errors/llm-error.js';
import { type AnswerEvent } from '../../protocols/answer-assembly.js';
import { type Attempt } from '../attempt.js';

/** A second attempt for when the first one is late. */
export interface Hedge {
  /** How long the first one has before it is late, in ms. */
  afterMs: number;
  /** The second attempt; undefined when there is nobody else to ask, or too many were asked twice already. */
  begin: () => Attempt | undefined;
  /** One of the two is over, and why: it failed, or the other one answered first. */
  ended: (attempt: Attempt, error: LlmError) => void;
  /** Whatever was thrown, as one of our errors. */
  errorOf: (thrown: unknown) => LlmError;
}

/** Who answered, and what came first. */
export interface FirstAnswer {
  attempt: Attempt;
  events: readonly AnswerEvent[];
}

/**
 * Waits for the first events of an attempt that was started. If it is late, a second one is started beside it, and
 * whichever answers first goes on; the other's connection is freed at once. When both fail, the first one's error is
 * thrown, and the hedge is told of the second one's.
 */
export async function firstAnswer(attempt: Attempt, hedge: Hedge, clock: Clock): Promise<FirstAnswer> {
  const first = attempt.take();
  const rival = (await isInTime(first, hedge.afterMs, clock)) ? undefined : hedge.begin();
  if (rival === undefined) return { attempt, events: await first };

  rival.start();
  const second = rival.take();
  const won = await Promise.any([first.then(() => attempt), second.then(() => rival)]).catch(() => undefined);
  if (won === undefined) {
    hedge.ended(rival, hedge.errorOf(await rejectionOf(second)));
    return { attempt, events: await first };
  }
  const [winning, lost, losing] = won === attempt ? [first, rival, second] : [second, attempt, first];
  hedge.ended(lost, await lossOf(losing, hedge));
  return { attempt: won, events: await winning };
}

/** True as soon as the promise is settled, either way; false when the time is over before. */
function isInTime(promise: Promise<unknown>, ms: number, clock: Clock): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = clock.timer(ms, () => resolve(false));
    const settled = (): void => {
      timer.cancel();
      resolve(true);
    };
    promise.then(settled, settled);
  });
}

/** The loser's own error if it has failed already; else it was cancelled for being slower. */
async function lossOf(losing: Promise<unknown>, { errorOf }: Hedge): Promise<LlmError> {
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
