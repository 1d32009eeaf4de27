import { setImmediate as immediate } from 'node:timers/promises';

/**
 * Resolves when everything that had reached this process was read from its sockets. A clock alone does not show that
 * nothing came: while the process was stopped or busy, frames wait unread. Takes two turns of the event loop: the first
 * immediate may run before the next poll of the sockets, the second runs after it.
 */
export async function afterPoll(): Promise<void> {
  await immediate();
  await immediate();
}
