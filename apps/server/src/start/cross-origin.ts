import { type NestFastifyApplication } from '@nestjs/platform-fastify';

/** The response headers that a page of another origin may read. */
const exposedHeaders = [
  'Location',
  'Preference-Applied',
  'Retry-After',
  'WWW-Authenticate',
  'X-Request-Id',
  'X-Should-Retry',
];
/** How long a browser may cache a preflight response, in seconds. */
const maxAgeSeconds = 600;

/**
 * Lets pages of these origins call the API from a browser; `*` allows all. Credentials (cookies) are never allowed, as
 * keys are sent in headers. Without origins, CORS is disabled and preflights get 404.
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
