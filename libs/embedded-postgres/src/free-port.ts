import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** Below the ports that operating systems give to connections and to servers that ask for any port. */
const firstPort = 20_000;
const portCount = 10_000;
const maxTries = 20;

/**
 * Returns a TCP port of 127.0.0.1 that is free at the moment. Other programs that ask for any port do not get it before it
 * is used, unless the ports from 20,000 to 29,999 are taken.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < maxTries; tries += 1) {
    const port = await tryPort(firstPort + Math.floor(Math.random() * portCount)).catch(() => undefined);
    if (port !== undefined) return port;
  }
  return tryPort(0);
}

/** Listens on a port for a moment. @param wanted 0: any @throws if it is taken */
async function tryPort(wanted: number): Promise<number> {
  const server = createServer();
  server.listen(wanted, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
