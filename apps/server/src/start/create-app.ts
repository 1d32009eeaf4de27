import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { join } from 'node:path';
import { transferLimits } from '#chat';
import { openAiErrors, openAiUrl } from '#openai';
import { servePage } from '#page';
import { fastifyProblemOptions } from '#problems';
import { type Configuration, trustsProxy } from '../configuration/index.js';
import { logAccess } from '../logging/access-log.js';
import { type Logger } from '../logging/logger.js';
import { AppModule } from '../modules/app.module.js';
import { serveApiDocs } from './api-docs.js';
import { serveBasePath, stripBasePath } from './base-path.js';
import { allowOrigins } from './cross-origin.js';
import { enableGracefulShutdown } from './closing.js';
import { addFrontHook } from './front-hook.js';
import { addOwnerContext } from './owner-context.js';
import { packageRoot } from '../configuration/package-root.js';
import { closeUnreadBodies, closeUnreadBody } from './unread-bodies.js';

/** Largest body in bytes: a message of 256 KiB with every byte escaped in JSON, and 64 KiB for its other fields. */
const bodyLimit = 6 * 256 * 1024 + 64 * 1024;
/** Largest body of `/v1` in bytes, after inflation: clients send their whole conversation with each request. */
const openAiBodyLimit = 8 * 1024 * 1024;
/**
 * Longest time for the headers of a request to arrive, and for a new connection to send any, in ms; at most that of the
 * whole request.
 */
const headersTimeoutMs = 10_000;
/** How often Node checks connections for these timeouts, in ms. */
const timeoutCheckMs = 1_000;

/** Creates the Nest application, which does not listen yet. */
export async function createApp(
  configuration: Configuration,
  databaseUrl: string,
  logger: Logger,
): Promise<NestFastifyApplication> {
  const { basePath, requestTimeoutMs, trustProxy } = configuration.http;
  const withoutBasePath = stripBasePath(basePath);
  const problemOptions = fastifyProblemOptions([openAiErrors]);
  const adapter = new FastifyAdapter({
    ...problemOptions,
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      closeUnreadBody(request, reply);
      problemOptions.frameworkErrors(error, request, reply);
    },
    rewriteUrl: (request: { url?: string | undefined }) => openAiUrl(withoutBasePath(request)),
    bodyLimit,
    requestTimeout: requestTimeoutMs,
    http: {
      requestTimeout: requestTimeoutMs,
      headersTimeout: Math.min(headersTimeoutMs, requestTimeoutMs),
      connectionsCheckingInterval: timeoutCheckMs,
    },
    trustProxy: trustProxy.length > 0 && trustsProxy(trustProxy),
    // Requests that arrive while the server closes are answered as before: `chat` refuses new turns, the rest is served.
    return503OnClosing: false,
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(configuration, databaseUrl, logger),
    adapter,
    { logger, abortOnError: false },
  );
  addFrontHook(adapter, configuration);
  addOwnerContext(adapter);
  closeUnreadBodies(app.getHttpAdapter().getInstance());
  allowOrigins(app, configuration.http.corsOrigins);
  enableGracefulShutdown(app);
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRoute', (route) => {
      if (route.url === '/api/import') route.bodyLimit = transferLimits.maxImportBytes;
      else if (route.url.startsWith('/v1/')) route.bodyLimit = openAiBodyLimit;
    });
  logAccess(app.getHttpAdapter().getInstance(), logger);
  serveBasePath(app, basePath);
  serveApiDocs(app);
  await servePage(app.getHttpAdapter().getInstance(), join(packageRoot(), 'dist/apps/web/browser'));
  return app;
}
