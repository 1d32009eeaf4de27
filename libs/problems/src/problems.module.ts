import { type DynamicModule, Module, type OnModuleInit } from '@nestjs/common';
import { APP_FILTER, APP_PIPE, HttpAdapterHost } from '@nestjs/core';
import { type FastifyInstance } from 'fastify';
import {
  ERROR_RESPONSES,
  type ErrorResponses,
  MAP_ERROR,
  type MapError,
} from './responses/error-responses.js';
import { ERROR_FORMATS, type ErrorFormat } from './responses/error-format.js';
import { ProblemFilter } from './responses/problem.filter.js';
import { bodyBounds } from './body/json-bounds.js';
import { largeBodyLimits, LargeBodySlots } from './body/large-body-slots.js';
import { jsonBodyParser } from './body/json-body-parser.js';
import { validationPipe } from './validation/validation-pipe.js';

/**
 * Error handling and validation for a Nest application on Fastify: the global exception filter, the global validation
 * pipe, `x-request-id` on every response, and a parser for JSON bodies only. Also pass `fastifyProblemOptions()` to the
 * FastifyAdapter.
 */
@Module({})
export class ProblemsModule implements OnModuleInit {
  readonly #adapterHost: HttpAdapterHost;

  constructor(adapterHost: HttpAdapterHost) {
    this.#adapterHost = adapterHost;
  }

  /**
   * @param responses HTTP responses for the error codes of the application's modules
   * @param formats error formats by path prefix
   * @param mapError converts errors of drivers to coded errors
   */
  static forRoot(
    responses: ErrorResponses = {},
    formats: readonly ErrorFormat[] = [],
    mapError: MapError = (error) => error,
  ): DynamicModule {
    return {
      module: ProblemsModule,
      providers: [
        { provide: ERROR_RESPONSES, useValue: responses },
        { provide: ERROR_FORMATS, useValue: formats },
        { provide: MAP_ERROR, useValue: mapError },
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_PIPE, useFactory: validationPipe },
      ],
    };
  }

  /**
   * Removes the parsers for forms and plain text, which pages of other sites can send without a CORS preflight, and replaces
   * the JSON parser with one that bounds the shape of bodies.
   */
  onModuleInit(): void {
    const fastify = this.#adapterHost.httpAdapter.getInstance<FastifyInstance>();
    fastify.removeContentTypeParser(['text/plain', 'application/x-www-form-urlencoded', 'application/json']);
    const parseText = fastify.getDefaultJsonParser('error', 'error') as Parameters<typeof jsonBodyParser>[2];
    fastify.addContentTypeParser(
      'application/json',
      jsonBodyParser(bodyBounds, new LargeBodySlots(largeBodyLimits), parseText),
    );
    fastify.addHook('onRequest', (request, reply, done) => {
      // On Node's response, so that hijacked replies have it as well.
      reply.raw.setHeader('x-request-id', request.id);
      done();
    });
  }
}
