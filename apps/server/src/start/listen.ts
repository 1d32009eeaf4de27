import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { type Server } from 'node:http';
import { createServer, type Server as SocketServer, type AddressInfo, type Socket } from 'node:net';

/** How long the last responses to connections of other addresses may take when the server closes, in ms. */
const closeGraceMs = 1_000;

/** Resolves a host name to its addresses, without duplicates. The URL of the server contains the first one. */
export type ResolveHost = (host: string) => Promise<string[]>;

/**
 * Starts listening; if the host is `localhost`, on each of its addresses. Fastify would create a second HTTP server for the
 * second address, without the listeners that limit connections and answer `Expect: 100-continue`. Here one HTTP server
 * serves the connections of all addresses.
 * @returns the port
 * @throws if the first address is not available; other addresses are skipped
 */
export async function listen(
  app: NestFastifyApplication,
  port: number,
  host: string,
  resolve: ResolveHost = addressesOf,
): Promise<number> {
  const server = app.getHttpServer();
  const [address = host, ...furtherAddresses] = host.toLowerCase() === 'localhost' ? await resolve(host) : [];
  const further: SocketServer[] = [];
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('preClose', async () => {
      const timer = setTimeout(() => server.closeAllConnections(), closeGraceMs);
      await Promise.all(further.map((each) => closed(each)));
      clearTimeout(timer);
    });
  await app.listen(port, address);
  const { port: listeningPort } = server.address() as AddressInfo;
  for (const each of furtherAddresses) {
    const forwarding = await forwardConnections(server, listeningPort, each);
    if (forwarding !== undefined) further.push(forwarding);
  }
  return listeningPort;
}

/** IPv4 first: clients that support one address family only support that one. */
async function addressesOf(host: string): Promise<string[]> {
  const found = await lookup(host, { all: true, verbatim: false });
  return [...new Set(found.map(({ address }) => address))];
}

/** Accepts connections for an HTTP server on another address. Undefined if the address is not available. */
async function forwardConnections(
  server: Server,
  port: number,
  host: string,
): Promise<SocketServer | undefined> {
  // The same options as Node's HTTP server uses.
  const forwarding = createServer({ allowHalfOpen: true, noDelay: true }, (socket: Socket) => {
    server.emit('connection', socket);
  });
  forwarding.listen({ port, host });
  try {
    await once(forwarding, 'listening');
    return forwarding;
  } catch {
    return undefined;
  }
}

async function closed(server: SocketServer): Promise<void> {
  await new Promise((resolve) => server.close(resolve));
}
