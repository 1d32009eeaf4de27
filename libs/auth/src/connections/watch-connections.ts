import { type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Socket } from 'node:net';
import { clientOf } from '../client-address.js';
import { AnonymousConnections } from './anonymous-connections.js';
import { WatchedConnection } from './watched-connection.js';

interface WatchOptions {
  /** Most connections of one client address without a valid key. */
  maxPerAddress: number;
  maxTotal: number;
  /** Addresses whose connections are not counted: reverse proxies. */
  trustsPeer: (address: string) => boolean;
}

/**
 * Bounds the connections of an HTTP server that have not presented a valid key. Returns a function to call with the
 * socket of each request that has a valid key; from then on its connection is not counted.
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
