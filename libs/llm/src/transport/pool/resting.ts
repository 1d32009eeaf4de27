import { type LlmRequest } from '../../protocols/protocol.js';
import { type Connection } from '../connection.js';

/**
 * The oldest connection that can take a request of any caller. The oldest, so that connections opened during a burst
 * become idle and are closed.
 */
export function readyConnection(connections: Iterable<Connection>): Connection | undefined {
  for (const connection of connections) if (connection.isReady) return connection;
  return undefined;
}

/** A connection that can take the request because it carried the previous one of the same conversation. */
export function followedConnection(
  connections: Iterable<Connection>,
  request: LlmRequest,
): Connection | undefined {
  for (const connection of connections) if (connection.canFollow(request)) return connection;
  return undefined;
}

/** How many connections can take a request of any caller now. */
export function countReady(connections: Iterable<Connection>): number {
  let count = 0;
  for (const { isReady } of connections) if (isReady) count += 1;
  return count;
}

/** Milliseconds until the next idle connection becomes ready or unusable; Infinity if none does. */
export function nextChangeInMs(connections: Iterable<Connection>): number {
  let next = Infinity;
  for (const { isIdle, readyInMs, unusableInMs } of connections) {
    if (!isIdle) continue;
    for (const ms of [readyInMs, unusableInMs]) if (ms > 0 && ms < next) next = ms;
  }
  return next;
}

/** Closes idle connections that no request can use any more. */
export function closeUnusable(connections: Iterable<Connection>): void {
  for (const connection of [...connections]) {
    if (connection.isIdle && connection.unusableInMs === 0) connection.close();
  }
}

/**
 * The idle connection that becomes ready last; a new connection that is ready sooner can replace it.
 * @param atLeastMs undefined is returned if all are ready sooner than this
 */
export function longestResting(connections: Iterable<Connection>, atLeastMs: number): Connection | undefined {
  let found: Connection | undefined;
  let longestMs = atLeastMs;
  for (const connection of connections) {
    const { isIdle, readyInMs } = connection;
    if (!isIdle || readyInMs < longestMs) continue;
    found = connection;
    longestMs = readyInMs;
  }
  return found;
}
