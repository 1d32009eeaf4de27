import { type NestFastifyApplication } from '@nestjs/platform-fastify';

/** What a page of another origin may read of an answer beside its body. */
const exposedHeaders = ['Location', 'Preference-Applied', 'Retry-After', 'WWW-Authenticate', 'X-Request-Id'];
/** How long a browser may remember what it may send, in seconds. */
const maxAgeSeconds = 600;

/**
 * Lets pages of these origins call the API from a browser; `*` stands for all. Keys travel in headers, so no origin is
 * trusted with cookies. Without origins nothing is allowed, and preflights find no route.
 */
export function allowOrigins(app: NestFastifyApplication, origins: readonly string[]): void {
  if (origins.length === 0) return;
  app.enableCors({
    origin: origins.includes('*') ? '*' : [...origins],
    methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders,
    maxAge: maxAgeSeconds,
  });
}
