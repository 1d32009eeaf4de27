import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type FastifyInstance } from 'fastify';
import { METHODS } from 'node:http';
import { Histogram } from 'prom-client';
import { MetricsRegistry } from './metrics-registry.js';

/** Those that OpenTelemetry advises for the duration of HTTP requests, in seconds. */
const buckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** What HTTP knows; anything else is `_OTHER`, as OpenTelemetry calls it. */
const methods = new Set(METHODS);

/**
 * Counts and times the answered HTTP requests, by the pattern of their route and never by their address. A request that
 * no route matches has no `http_route`. A stream takes as long as somebody reads it.
 */
@Injectable()
export class HttpRequests implements OnModuleInit {
  readonly #duration: Histogram<'http_request_method' | 'http_route' | 'http_response_status_code'>;

  constructor(
    private readonly host: HttpAdapterHost,
    registry: MetricsRegistry,
  ) {
    this.#duration = new Histogram({
      name: 'http_server_request_duration_seconds',
      help: 'Duration of HTTP requests, until the last byte of the answer.',
      labelNames: ['http_request_method', 'http_route', 'http_response_status_code'],
      buckets,
      registers: [registry],
    });
  }

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    fastify.addHook('onResponse', (request, reply, done) => {
      const route = request.routeOptions.url;
      const labels = {
        http_request_method: methods.has(request.method) ? request.method : '_OTHER',
        http_response_status_code: reply.statusCode,
        ...(route === undefined ? {} : { http_route: route }),
      };
      this.#duration.observe(labels, reply.elapsedTime / 1_000);
      done();
    });
  }
}
