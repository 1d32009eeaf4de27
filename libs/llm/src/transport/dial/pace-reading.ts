import { type WebSocket } from 'ws';

/** How long one connection may keep the event loop with what its server sends, in milliseconds. */
const sliceMs = 5;
/** After so long without a frame, in milliseconds, the next one begins a new slice. */
const gapMs = 1;

/**
 * Divides a flood of frames into slices, so that everything else that is ready gets its turn between two of them: a socket
 * that always has bytes is read 32 times before the event loop goes on, which is hundreds of thousands of small frames.
 * What has been read by the end of a slice, up to 64 KiB, is still delivered.
 * @param now a clock in milliseconds
 */
export function paceReading(webSocket: WebSocket, now: () => number = () => performance.now()): void {
  let since = -Infinity;
  let last = -Infinity;
  let isPaused = false;
  const count = (): void => {
    const at = now();
    if (at - last > gapMs) since = at;
    last = at;
    if (isPaused || at - since < sliceMs) return;
    isPaused = true;
    webSocket.pause();
    setImmediate(() => {
      isPaused = false;
      since = now();
      webSocket.resume();
    });
  };
  for (const frame of ['message', 'ping', 'pong'] as const) webSocket.on(frame, count);
}
