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
import { jsonBodyParser } from './body/json-body-parser.js';
import { validationPipe } from './validation/validation-pipe.js';

/**
 * Everything about errors for a Nest application on Fastify: the global filter, the global validation pipe, `x-request-id`
 * on every response, and bodies in JSON only. Give `fastifyProblemOptions()` to the FastifyAdapter besides.
 */
@Module({})
export class ProblemsModule implements OnModuleInit {
  readonly #adapterHost: HttpAdapterHost;

  constructor(adapterHost: HttpAdapterHost) {
    this.#adapterHost = adapterHost;
  }

  /**
   * @param answers how to answer the coded errors of the application's rooms
   * @param formats of parts of the server with a convention of their own
   * @param rename makes a coded error of what a driver throws; leaves every other as it is
   */
  static forRoot(
    answers: ErrorResponses = {},
    formats: readonly ErrorFormat[] = [],
    rename: MapError = (error) => error,
  ): DynamicModule {
    return {
      module: ProblemsModule,
      providers: [
        { provide: ERROR_RESPONSES, useValue: answers },
        { provide: ERROR_FORMATS, useValue: formats },
        { provide: MAP_ERROR, useValue: rename },
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_PIPE, useFactory: validationPipe },
      ],
    };
  }

  /**
   * The parsers of forms and plain text are removed, because pages of other sites can send those without a CORS
   * preflight; that of JSON is replaced by one that bounds the shape of bodies.
   */
  onModuleInit(): void {
    const fastify = this.#adapterHost.httpAdapter.getInstance<FastifyInstance>();
    fastify.removeContentTypeParser(['text/plain', 'application/x-www-form-urlencoded', 'application/json']);
    const parseText = fastify.getDefaultJsonParser('error', 'error') as Parameters<typeof jsonBodyParser>[1];
    fastify.addContentTypeParser('application/json', jsonBodyParser(bodyBounds, parseText));
    fastify.addHook('onRequest', (request, reply, done) => {
      // On Node's response, so that streams which write there have it as well.
      reply.raw.setHeader('x-request-id', request.id);
      done();
    });
  }
}
