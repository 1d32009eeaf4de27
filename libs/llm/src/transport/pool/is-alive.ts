import { type Clock } from '../../clock.js';
import { type Connection } from '../connection.js';

/** Opens another connection to the same server. Resolves with whether it has opened; never rejects. */
export type OpenAnother = (signal: AbortSignal) => Promise<boolean>;

/**
 * Whether a connection that was idle still reaches its server. A NAT or a firewall can drop an idle connection without a
 * message, and then a request on it would be lost. The request is sent only afterwards, so no server gets it twice.
 *
 * 1. The server is pinged. Any frame within `probeMs` proves that the connection works.
 * 2. Otherwise another connection is opened. If it opens before a frame arrives on this one, the server is there and this
 *    connection is dead.
 * 3. If it cannot be opened, the server is as silent on new connections as on this one, so it may only be busy: this
 *    connection is used, and the limits of the answer decide.
 *
 * Rejects with the reason of the signal.
 */
export async function isAlive(
  connection: Connection,
  probeMs: number,
  clock: Clock,
  signal: AbortSignal,
  openAnother: OpenAnother,
): Promise<boolean> {
  const done = new AbortController();
  const waits = AbortSignal.any([signal, done.signal]);
  const arrived = connection.probe().then(() => connection.isOpen);
  try {
    const answersInTime = await Promise.race([arrived, clock.sleep(probeMs, waits).then(() => undefined)]);
    if (answersInTime !== undefined) return answersInTime;
    return await Promise.race([
      arrived,
      openAnother(waits).then((hasOpened) => !hasOpened && connection.isOpen),
      aborted(waits),
    ]);
  } finally {
    done.abort();
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
