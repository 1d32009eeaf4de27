import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { type Server } from 'node:http';
import { createServer, type Server as SocketServer, type AddressInfo, type Socket } from 'node:net';

/** How long the last responses to connections of a further address may take when the server closes. */
const closeGraceMs = 1_000;

/** Every address that a name has, without repetition; the server's URL has the first. */
export type ResolveHost = (host: string) => Promise<string[]>;

/**
 * Lets the application listen, on every address of `localhost` where that is the host. Fastify would make a second HTTP
 * server for the second address, without the listeners that bound the connections of the first and answer
 * `Expect: 100-continue`: here the first one serves the connections of all.
 * @returns the port
 * @throws if the first address cannot be listened on; further ones are left out
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
    const passing = await passOn(server, listeningPort, each);
    if (passing !== undefined) further.push(passing);
  }
  return listeningPort;
}

/** IPv4 first: a client that knows one kind of address only knows that one. */
async function addressesOf(host: string): Promise<string[]> {
  const found = await lookup(host, { all: true, verbatim: false });
  return [...new Set(found.map(({ address }) => address))];
}

/** Accepts connections for an HTTP server at a further address. Undefined where the system has no such address. */
async function passOn(server: Server, port: number, host: string): Promise<SocketServer | undefined> {
  // As Node's HTTP server opens its own.
  const passing = createServer({ allowHalfOpen: true, noDelay: true }, (socket: Socket) => {
    server.emit('connection', socket);
  });
  passing.listen({ port, host });
  try {
    await once(passing, 'listening');
    return passing;
  } catch {
    return undefined;
  }
}

async function closed(server: SocketServer): Promise<void> {
  await new Promise((resolve) => server.close(resolve));
}
