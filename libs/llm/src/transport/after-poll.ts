import { setImmediate as immediate } from 'node:timers/promises';

/**
 * Resolves when all data that had reached this process has been read from its sockets. Elapsed time alone does not prove
 * that nothing arrived: frames stay unread while the process is stopped or busy. Takes two iterations of the event loop:
 * the first immediate may run before the next poll of the sockets, the second runs after it.
 */
export async function afterPoll(): Promise<void> {
  await immediate();
  await immediate();
}
