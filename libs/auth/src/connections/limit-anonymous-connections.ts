import { type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Socket } from 'node:net';
import { clientOf } from '../client-address.js';
import { AnonymousConnections } from './anonymous-connections.js';
import { TrackedConnection } from './tracked-connection.js';

interface LimitOptions {
  /** Upper bound of connections without a valid key per client address. */
  maxPerAddress: number;
  /** Upper bound of connections without a valid key in total. */
  maxTotal: number;
  /** Whether an address is a reverse proxy, whose connections are not counted. */
  trustsPeer: (address: string) => boolean;
}

/**
 * Bounds the connections of an HTTP server that have not sent a valid key.
 * @returns a function to call with the socket of each request with a valid key, which stops counting its connection
 */
export function limitAnonymousConnections(server: Server, options: LimitOptions): (socket: Socket) => void {
  const anonymous = new AnonymousConnections(options.maxPerAddress, options.maxTotal);
  const tracked = new WeakMap<Socket, TrackedConnection>();
  const stopCounting = (socket: Socket): void => {
    const connection = tracked.get(socket);
    if (connection === undefined) return;
    tracked.delete(socket);
    anonymous.delete(connection);
  };
  server.on('connection', (socket: Socket) => {
    const { remoteAddress } = socket;
    if (remoteAddress === undefined || options.trustsPeer(remoteAddress)) return;
    const connection = new TrackedConnection(socket, clientOf(remoteAddress));
    tracked.set(socket, connection);
    socket.once('close', () => stopCounting(socket));
    anonymous.add(connection);
  });
  server.prependListener('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    const connection = tracked.get(socket);
    if (connection === undefined) return;
    connection.requestStarted();
    response.once('close', () => connection.requestEnded());
  });
  return stopCounting;
}
