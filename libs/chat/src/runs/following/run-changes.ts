import { type FollowableRun } from '../../model/followable-run.js';

/**
 * Yields at once, and then each time that a run has changed since its reader asked for more, until there is nothing more
 * to come: a slow reader finds several changes in one. Yields also when nothing has changed for `beatMs`.
 */
export async function* runChanges(
  run: FollowableRun,
  heartbeatMs: number,
  signal: AbortSignal,
): AsyncGenerator<'change' | 'beat', void> {
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
        if (!isChanged && !signal.aborted) yield 'beat';
      }
    }
  } finally {
    unlisten();
    clearInterval(heartbeat);
    signal.removeEventListener('abort', aborted);
  }
}
