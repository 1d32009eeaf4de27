import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Server } from 'node:http';
import { setImmediate as turnOfTheLoop, setTimeout as delay } from 'node:timers/promises';
import { Lifecycle } from '#health';

/** How long nobody must have come; where that does not happen, one turn of the event loop has to do. */
const quietMs = 5;
/** How long clients that never pause may keep the server from closing. */
const longestKnockingMs = 500;
/** How long the last answers may take to go out when the server closes. */
const closeGraceMs = 1_000;

/**
 * Readiness says 503 from now on; the server goes on as before for so long, so that whoever sends requests here has
 * noticed. Then it drains and closes.
 */
export async function closeServer(app: NestFastifyApplication, noticeMs: number): Promise<void> {
  app.get(Lifecycle).drain();
  await delay(noticeMs);
  await app.close();
}

/** Makes the server close without a request getting lost on the way to it. Before it listens. */
export function closeGently(app: NestFastifyApplication): void {
  const lifecycle = app.get(Lifecycle);
  const server = app.getHttpServer();
  const fastify = app.getHttpAdapter().getInstance();
  let isShutting: Promise<void> | undefined;
  fastify.addHook('onRequest', async (_, reply) => {
    // A client that reads this sends its next request elsewhere, and none into a connection that is being closed.
    if (lifecycle.phase === 'draining') void reply.header('connection', 'close');
    await isShutting;
  });
  fastify.addHook('preClose', async () => {
    // Node waits for every connection that is not between two requests: also for those that browsers open in advance and
    // never use. By now the runs are over and the streams are cut.
    const timer = setTimeout(() => server.closeAllConnections(), closeGraceMs);
    server.once('close', () => clearTimeout(timer));
    const shut = Promise.withResolvers<void>();
    isShutting = shut.promise;
    await untilNobodyKnocks(server);
    // At once: Fastify would do it some milliseconds later.
    server.close();
    shut.resolve();
  });
}

/**
 * Resolves in a moment in which nothing waits to be read: after turns of the event loop that brought neither a connection
 * nor a request. The kernel resets connections that a server which closes has not accepted, and those that it closes with
 * something unread. Each turn accepts one connection, so nothing else should be done meanwhile.
 */
async function untilNobodyKnocks(server: Server): Promise<void> {
  const began = performance.now();
  let knockedAt = began;
  const knocked = (): void => void (knockedAt = performance.now());
  server.on('connection', knocked).on('request', knocked);
  for (let now = began; now < began + longestKnockingMs; now = performance.now()) {
    await turnOfTheLoop();
    const isBusy = now > began + longestKnockingMs / 2;
    if (now - knockedAt >= (isBusy ? 0 : quietMs)) break;
  }
  server.off('connection', knocked).off('request', knocked);
}
