import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Server } from 'node:http';
import { setImmediate as turnOfTheLoop, setTimeout as delay } from 'node:timers/promises';
import { Lifecycle } from '#health';

/** How long no connection or request must have arrived before the server closes, in ms. */
const quietMs = 5;
/** How long clients that send requests without a pause may delay the close, in ms. */
const maxQuietWaitMs = 500;
/** How long the last responses may take when the server closes, in ms. */
const closeGraceMs = 1_000;

/**
 * Sets readiness to 503, waits, then drains and closes the server.
 * @param shutdownDelayMs how long to continue serving all requests, so that load balancers notice the readiness
 */
export async function closeServer(app: NestFastifyApplication, shutdownDelayMs: number): Promise<void> {
  app.get(Lifecycle).drain();
  await delay(shutdownDelayMs);
  await app.close();
}

/** Makes the server answer every request that has reached it before it closes. Call before it listens. */
export function enableGracefulShutdown(app: NestFastifyApplication): void {
  const lifecycle = app.get(Lifecycle);
  const server = app.getHttpServer();
  const fastify = app.getHttpAdapter().getInstance();
  let closing: Promise<void> | undefined;
  fastify.addHook('onRequest', async (_, reply) => {
    // A client then sends its next request on another connection, and not on one that is about to close.
    if (lifecycle.phase === 'draining') void reply.header('connection', 'close');
    await closing;
  });
  fastify.addHook('preClose', async () => {
    // Node waits for every connection that is not idle between two requests, including those that browsers open in
    // advance and never use. At this point all runs and streams have ended.
    const timer = setTimeout(() => server.closeAllConnections(), closeGraceMs);
    server.once('close', () => clearTimeout(timer));
    const closed = Promise.withResolvers<void>();
    closing = closed.promise;
    await waitUntilQuiet(server);
    // Immediately: Fastify would close it some milliseconds later.
    server.close();
    closed.resolve();
  });
}

/**
 * Resolves when no connection and no request has arrived for `quietMs`; in the second half of `maxQuietWaitMs`, after one
 * turn of the event loop without any. When a server closes, the kernel resets connections that were not accepted yet, and
 * those with unread data. Each turn accepts one connection, so nothing else should run meanwhile.
 */
async function waitUntilQuiet(server: Server): Promise<void> {
  const startedAt = performance.now();
  let lastArrivalAt = startedAt;
  const onArrival = (): void => void (lastArrivalAt = performance.now());
  server.on('connection', onArrival).on('request', onArrival);
  for (let now = startedAt; now < startedAt + maxQuietWaitMs; now = performance.now()) {
    await turnOfTheLoop();
    const isBusy = now > startedAt + maxQuietWaitMs / 2;
    if (now - lastArrivalAt >= (isBusy ? 0 : quietMs)) break;
  }
  server.off('connection', onArrival).off('request', onArrival);
}
