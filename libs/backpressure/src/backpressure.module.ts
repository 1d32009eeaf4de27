import { type DynamicModule, Inject, Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { type Server } from 'node:http';
import { BACKPRESSURE_OPTIONS, type BackpressureOptions } from './backpressure-options.js';
import { ConnectionsError } from './errors.js';
import { jsonBody } from './json-body.js';
import { ResponseMemory } from './response-memory.js';
import { SharedPacer } from './shared-pacer.js';
import { StalledReaders } from './stalled-readers.js';
import { StreamSlots } from './stream-slots.js';

/** Connections above the limit that get a 503 response; further ones are closed without a response. */
const connectionsAboveLimit = 64;

/**
 * Bounds the cost of slow and hostile readers in a Nest application on Fastify: JSON is encoded no faster than it is read,
 * large responses share a bounded memory, the connections of stalled readers are closed, and the number of connections is
 * bounded. Global. Requires `AuthModule`.
 */
@Module({})
export class BackpressureModule implements OnModuleInit {
  readonly #adapterHost: HttpAdapterHost;
  readonly #memory: ResponseMemory;
  readonly #pacer: SharedPacer;
  readonly #options: BackpressureOptions;

  constructor(
    adapterHost: HttpAdapterHost,
    memory: ResponseMemory,
    pacer: SharedPacer,
    @Inject(BACKPRESSURE_OPTIONS) options: BackpressureOptions,
  ) {
    this.#adapterHost = adapterHost;
    this.#memory = memory;
    this.#pacer = pacer;
    this.#options = options;
  }

  static forRoot(options: BackpressureOptions): DynamicModule {
    return {
      module: BackpressureModule,
      global: true,
      providers: [
        { provide: BACKPRESSURE_OPTIONS, useValue: options },
        { provide: StreamSlots, useValue: new StreamSlots(options.streams) },
        { provide: SharedPacer, useFactory: () => new SharedPacer() },
        ResponseMemory,
      ],
      exports: [StreamSlots, SharedPacer, ResponseMemory],
    };
  }

  /** Adds the hooks and the listeners of the HTTP server. */
  onModuleInit(): void {
    const { httpAdapter } = this.#adapterHost;
    const fastify = httpAdapter.getInstance<FastifyInstance>();
    const { stallMs, maxConnections, onStalledReader } = this.#options;
    const server = httpAdapter.getHttpServer() as Server;
    const readers = new StalledReaders(server, { stallMs, ...(onStalledReader && { onStalledReader }) });
    const closeAbove = maxConnections + connectionsAboveLimit;
    server.maxConnections = closeAbove;
    // Node's own bound ignores connections accepted on a further address of the host.
    server.on('connection', (socket) => {
      if (readers.connections > closeAbove) socket.destroy();
    });
    fastify.addHook('onRequest', (request, reply, done) => {
      if (readers.connections <= maxConnections || isProbe(request)) return done();
      void reply.header('connection', 'close');
      done(new ConnectionsError(maxConnections));
    });
    fastify.addHook('preSerialization', (request, reply, payload, done) => {
      const accounted = this.#memory.account(request, reply, payload);
      if (accounted === undefined) done(null, payload);
      else accounted.then(() => done(null, payload), done);
    });
    fastify.setReplySerializer((payload) => jsonBody(payload, this.#pacer) as string);
  }
}

/** Probes are exempt from the bound: restarting an overloaded server would make the overload worse. */
function isProbe({ url }: FastifyRequest): boolean {
  return url.startsWith('/health/');
}
