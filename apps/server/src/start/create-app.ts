import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { join } from 'node:path';
import { openAiErrors } from '#openai';
import { servePage } from '#page';
import { fastifyProblemOptions } from '#problems';
import { type Configuration } from '../configuration/index.js';
import { logAccess } from '../logging/access-log.js';
import { type Logger } from '../logging/logger.js';
import { AppModule } from '../modules/app.module.js';
import { serveApiDocs } from './api-docs.js';
import { allowOrigins } from './cross-origin.js';
import { closeGently } from './closing.js';
import { packageRoot } from './package-root.js';

/** Room for a message of 256 KiB in which JSON had to escape every byte, and for what is sent beside it. */
const bodyLimit = 6 * 256 * 1024 + 64 * 1024;
/** A whole conversation in one body. */
const importLimit = 64 * 1024 * 1024;
/** Time to receive a whole request; answers may take longer. */
const requestTimeoutMs = 30_000;

/** The Nest application, initialised but not listening. */
export async function createApp(
  configuration: Configuration,
  databaseUrl: string,
  logger: Logger,
): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(configuration, databaseUrl, logger),
    new FastifyAdapter({
      ...fastifyProblemOptions([openAiErrors]),
      bodyLimit,
      requestTimeout: requestTimeoutMs,
      // What still arrives while the server closes is answered as before: new turns are refused, and the rest needs none.
      return503OnClosing: false,
    }),
    { logger, abortOnError: false },
  );
  allowOrigins(app, configuration.http.corsOrigins);
  closeGently(app);
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRoute', (route) => {
      if (route.url === '/api/import') route.bodyLimit = importLimit;
    });
  logAccess(app.getHttpAdapter().getInstance(), logger);
  serveApiDocs(app);
  await servePage(app.getHttpAdapter().getInstance(), join(packageRoot(), 'dist/apps/web/browser'));
  return app;
}
