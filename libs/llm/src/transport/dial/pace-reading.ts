import { type WebSocket } from 'ws';

/** How long the frames of one connection may occupy the event loop at a time, in milliseconds. */
const sliceMs = 5;

/**
 * Processes a flood of frames in slices, so that the event loop can do other work between them: Node reads a socket that
 * always has data 32 times before it continues, which can be hundreds of thousands of small frames. Data that was read
 * by the end of a slice, up to 64 KiB, is still delivered.
 * @param now a clock in milliseconds
 */
export function paceReading(webSocket: WebSocket, now: () => number = () => performance.now()): void {
  let sliceStart: number | undefined;
  let isPaused = false;
  const endSlice = (): void => {
    sliceStart = undefined;
    if (isPaused) webSocket.resume();
    isPaused = false;
  };
  const onFrame = (): void => {
    if (sliceStart === undefined) {
      sliceStart = now();
      setImmediate(endSlice);
    } else if (!isPaused && now() - sliceStart >= sliceMs) {
      isPaused = true;
      webSocket.pause();
    }
  };
  for (const frame of ['message', 'ping', 'pong'] as const) webSocket.on(frame, onFrame);
}
