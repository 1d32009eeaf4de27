import { type FollowableRun } from '../../model/followable-run.js';

/**
 * Yields `change` immediately and then whenever the run has changed, until it has ended or is lost. Changes that happen
 * while the consumer is busy are coalesced into one. Yields `heartbeat` at each interval without a change.
 * @param heartbeatMs the interval in milliseconds
 * @param signal ends the iteration
 */
export async function* runChanges(
  run: FollowableRun,
  heartbeatMs: number,
  signal: AbortSignal,
): AsyncGenerator<'change' | 'heartbeat', void> {
  let isChanged = true;
  let wake = (): void => undefined;
  const changed = (): void => {
    isChanged = true;
    wake();
  };
  const unlisten = run.listen(changed);
  const aborted = (): void => wake();
  signal.addEventListener('abort', aborted);
  const heartbeat = setInterval(() => wake(), heartbeatMs);
  try {
    while (!signal.aborted) {
      if (isChanged) {
        isChanged = false;
        yield 'change';
        if (run.isFinished || run.isLost) return;
      } else {
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        await promise;
        if (!isChanged && !signal.aborted) yield 'heartbeat';
      }
    }
  } finally {
    unlisten();
    clearInterval(heartbeat);
    signal.removeEventListener('abort', aborted);
  }
}
