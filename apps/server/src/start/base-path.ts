import { type NestFastifyApplication } from '@nestjs/platform-fastify';

/**
 * Removes the sub-path from the URL of a request. Everything is served below the sub-path as well as without it: some reverse proxies remove it, and probes call the server
 * directly.
 * @param basePath begins and ends with a slash
 */
export function stripBasePath(basePath: string): (request: { url?: string | undefined }) => string {
  return ({ url = '/' }) =>
    basePath !== '/' && url.startsWith(basePath) ? url.slice(basePath.length - 1) : url;
}

/** Redirects the sub-path without its last slash, and adds the sub-path to `Location` headers. */
export function serveBasePath(app: NestFastifyApplication, basePath: string): void {
  if (basePath === '/') return;
  const fastify = app.getHttpAdapter().getInstance();
  fastify.get(basePath.slice(0, -1), (_request, reply) => reply.redirect(basePath, 308));
  fastify.addHook('onSend', (request, reply, _payload, done) => {
    const location = reply.getHeader('location');
    const isBelow = request.originalUrl.startsWith(basePath);
    if (
      isBelow &&
      typeof location === 'string' &&
      location.startsWith('/') &&
      !location.startsWith(basePath)
    ) {
      reply.header('location', basePath + location.slice(1));
    }
    done();
  });
}
