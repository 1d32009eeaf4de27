import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type FastifyInstance } from 'fastify';
import { METHODS } from 'node:http';
import { MetricsRegistry } from './metrics-registry.js';
import { PathMap } from './path-map.js';
import { SeriesHistogram } from './series-histogram.js';
import { type HistogramSeries } from './histogram-series.js';

/** The buckets of OpenTelemetry's semantic conventions for the duration of HTTP requests, in seconds. */
const buckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** Known methods; others become `_OTHER`, as in OpenTelemetry's semantic conventions. */
const methods = new Set(METHODS);

/**
 * Measures the duration of HTTP requests by route pattern, never by URL. A request that matches no route has no
 * `http_route`. The duration of a stream lasts until its reader has finished.
 */
@Injectable()
export class HttpRequests implements OnModuleInit {
  readonly #duration: SeriesHistogram;
  readonly #series = new PathMap<HistogramSeries>();

  readonly #host: HttpAdapterHost;

  constructor(host: HttpAdapterHost, registry: MetricsRegistry) {
    this.#host = host;
    this.#duration = new SeriesHistogram(registry, {
      name: 'http_server_request_duration_seconds',
      help: 'Duration of HTTP requests, until the last byte of the response.',
      buckets,
    });
  }

  /** Adds the hook. */
  onModuleInit(): void {
    const fastify = this.#host.httpAdapter.getInstance<FastifyInstance>();
    fastify.addHook('onResponse', (request, reply, done) => {
      const series = this.#seriesOf(request.method, reply.statusCode, request.routeOptions.url);
      series.observe(reply.elapsedTime / 1_000);
      done();
    });
  }

  #seriesOf(method: string, status: number, route: string | undefined): HistogramSeries {
    const http_request_method = methods.has(method) ? method : '_OTHER';
    const path = [http_request_method, status, route ?? ''];
    const known = this.#series.get(path);
    if (known !== undefined) return known;
    const labels = {
      http_request_method,
      http_response_status_code: status,
      ...(route === undefined ? {} : { http_route: route }),
    };
    return this.#series.add(path, this.#duration.series(labels));
  }
}
