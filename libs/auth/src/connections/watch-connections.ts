import { type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Socket } from 'node:net';
import { clientOf } from '../client-address.js';
import { AnonymousConnections } from './anonymous-connections.js';
import { WatchedConnection } from './watched-connection.js';

interface WatchOptions {
  /** Most connections of one client address without a valid key. */
  maxPerAddress: number;
  maxTotal: number;
  /** Whose connections are not counted: those of reverse proxies. */
  trustsPeer: (address: string) => boolean;
}

/**
 * Bounds the connections of an HTTP server that have not presented a valid key. Returns what has to be called with the
 * socket of each request that has one; from then on its connection is not counted any more.
 */
export function watchConnections(server: Server, options: WatchOptions): (socket: Socket) => void {
  const anonymous = new AnonymousConnections(options.maxPerAddress, options.maxTotal);
  const watched = new WeakMap<Socket, WatchedConnection>();
  const forget = (socket: Socket): void => {
    const connection = watched.get(socket);
    if (connection === undefined) return;
    watched.delete(socket);
    anonymous.delete(connection);
  };
  server.on('connection', (socket: Socket) => {
    const { remoteAddress } = socket;
    if (remoteAddress === undefined || options.trustsPeer(remoteAddress)) return;
    const connection = new WatchedConnection(socket, clientOf(remoteAddress));
    watched.set(socket, connection);
    socket.once('close', () => forget(socket));
    anonymous.add(connection);
  });
  server.prependListener('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    const connection = watched.get(socket);
    if (connection === undefined) return;
    connection.requestBegan();
    response.once('close', () => connection.requestEnded());
  });
  return forget;
}
