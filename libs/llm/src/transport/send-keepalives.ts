import { type Timer } from '../clock.js';
import { type ConnectionSetup } from './dial/connection-setup.js';

/**
 * Sends the protocol's keepalive frame at the protocol's interval, whether or not a request is in flight.
 * @param nextId takes an id for a frame
 * @returns the timer, which the caller cancels when the connection ends; undefined if the protocol has no such frame
 */
export function sendKeepalives(
  { rules: { keepalive }, clock, context }: ConnectionSetup,
  send: (frame: string) => void,
  nextId: () => string,
): Timer | undefined {
  if (keepalive === undefined) return undefined;
  const timer = clock.timer(keepalive.everyMs, () => {
    send(keepalive.frame({ ...context, now: clock.date(), nextId }));
    timer.refresh();
  });
  return timer;
}
