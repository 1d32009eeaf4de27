import { type WebSocket } from 'ws';

/** How long one connection may keep the event loop with what its server sends, in milliseconds. */
const sliceMs = 5;

/**
 * Divides a flood of frames into slices, so that everything else that is ready gets its turn between two of them: a socket
 * that always has bytes is read 32 times before the event loop goes on, which is hundreds of thousands of small frames.
 * What has been read by the end of a slice, up to 64 KiB, is still delivered.
 * @param now a clock in milliseconds
 */
export function paceReading(webSocket: WebSocket, now: () => number = () => performance.now()): void {
  let since: number | undefined;
  let isPaused = false;
  const nextTurn = (): void => {
    since = undefined;
    if (isPaused) webSocket.resume();
    isPaused = false;
  };
  const count = (): void => {
    if (since === undefined) {
      since = now();
      setImmediate(nextTurn);
    } else if (!isPaused && now() - since >= sliceMs) {
      isPaused = true;
      webSocket.pause();
    }
  };
  for (const frame of ['message', 'ping', 'pong'] as const) webSocket.on(frame, count);
}
