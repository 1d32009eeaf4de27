import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { type MeasuredServer } from './measured-server.js';

/** Sends a GET with ann's key on a connection of its own, and reads nothing of what comes. The caller destroys it. */
export async function requestWithoutReading(server: MeasuredServer, path: string): Promise<Socket> {
  const socket = await openSocket(server);
  socket.pause();
  socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${server.keys.ann}\r\n\r\n`);
  return socket;
}

/** A connection to the server. What goes wrong on it later only closes it. */
export async function openSocket(server: MeasuredServer): Promise<Socket> {
  const socket = connect({ port: server.port, host: '127.0.0.1' });
  socket.on('error', () => undefined);
  await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
  return socket;
}

/** Sends bytes as fast as the other side takes them. False when the connection ended before. */
export async function sendAll(socket: Socket, bytes: string | Buffer): Promise<boolean> {
  for (let at = 0; at < bytes.length; at += 1_000_000) {
    if (socket.destroyed || !socket.writable) return false;
    if (socket.write(bytes.slice(at, at + 1_000_000))) continue;
    await Promise.race([once(socket, 'drain'), once(socket, 'close')]);
  }
  return !socket.destroyed;
}
