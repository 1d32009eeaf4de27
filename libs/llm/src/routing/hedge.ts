import { type Clock } from '../clock.js';
import { LlmCancelledError } from '../errors/answer-errors.js';
import { type LlmError } from '../errors/llm-error.js';
import { type AnswerEvent } from '../protocols/answer-assembly.js';
import { type Attempt } from './attempt.js';
import { type AttemptRecord } from './llm-event.js';

/** A second attempt for when the first one is late. */
export interface Hedge {
  /** How long the first one has before it is late, in ms. */
  afterMs: number;
  /** The second attempt; undefined when there is nobody else to ask, or too many were asked twice already. */
  begin: () => Attempt | undefined;
  /** Whatever was thrown, as one of our errors. */
  errorOf: (thrown: unknown) => LlmError;
}

/** Who answered, what came first, and the attempts that ended on the way. */
export interface FirstAnswer {
  attempt: Attempt;
  events: readonly AnswerEvent[];
  others: AttemptRecord[];
}

/**
 * Starts an attempt and waits for its first events. If it is late, a second one is started beside it, and whichever
 * answers first goes on; the other's connection is freed at once. When both fail, the first one's error is thrown, and
 * the second one is among `others`.
 */
export async function firstAnswer(
  attempt: Attempt,
  hedge: Hedge | undefined,
  clock: Clock,
  others: AttemptRecord[],
): Promise<FirstAnswer> {
  const first = begun(attempt);
  if (hedge === undefined) return { attempt, events: await first, others };
  if (await isInTime(first, hedge.afterMs, clock)) return { attempt, events: await first, others };
  const rival = hedge.begin();
  if (rival === undefined) return { attempt, events: await first, others };

  const second = begun(rival);
  const won = await Promise.any([first.then(() => attempt), second.then(() => rival)]).catch(() => undefined);
  if (won === undefined) {
    others.push(rival.finish(hedge.errorOf(await rejectionOf(second))));
    return { attempt, events: await first, others };
  }
  const [winning, lost, losing] = won === attempt ? [first, rival, second] : [second, attempt, first];
  others.push(lost.finish(await lossOf(losing, hedge)));
  return { attempt: won, events: await winning, others };
}

async function begun(attempt: Attempt): Promise<readonly AnswerEvent[]> {
  await attempt.start();
  return attempt.take();
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
