import { once } from 'node:events';
import { type AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { paceReading } from './pace-reading.js';

/** Real: sockets on the loopback interface. */
describe('paceReading', () => {
  it('lets the event loop do other work during a flood of frames, and loses no frame', async () => {
    const frames = 200_000;
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    server.on('connection', (peer) => {
      for (let sent = 0; sent < frames; sent += 1) peer.send('{"chunk":"a"}');
    });
    const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    paceReading(socket);
    let received = 0;
    let most = 0;
    const all = new Promise<void>((resolve) => {
      socket.on('message', () => {
        received += 1;
        if (received === frames) resolve();
      });
    });
    let before = 0;
    const turns = setInterval(() => {
      most = Math.max(most, received - before);
      before = received;
    }, 0);
    await all;
    clearInterval(turns);
    // 64 KiB of frames of 15 bytes after the end of each slice; without slices up to 32 times as many.
    expect(most).toBeLessThan(40_000);
    expect(received).toBe(frames);
    socket.terminate();
    server.close();
  }, 30_000);

  it('pauses after a slice, and resumes in the next iteration of the event loop', async () => {
    const calls: string[] = [];
    const listeners: (() => void)[] = [];
    const socket = {
      on: (_: string, listener: () => void) => listeners.push(listener),
      pause: () => calls.push('pause'),
      resume: () => calls.push('resume'),
    } as unknown as WebSocket;
    let now = 0;
    paceReading(socket, () => now);
    const frameAt = (at: number): void => {
      now = at;
      listeners[0]!();
    };
    for (const at of [0, 2, 4.9]) frameAt(at);
    expect(calls).toEqual([]);
    for (const at of [5, 6, 20]) frameAt(at);
    expect(calls).toEqual(['pause']);
    await new Promise((resolve) => setImmediate(resolve));
    expect(calls).toEqual(['pause', 'resume']);
    frameAt(30);
    expect(calls).toEqual(['pause', 'resume']);
  });
});
