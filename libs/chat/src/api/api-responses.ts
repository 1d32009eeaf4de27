import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiHeader, ApiOkResponse, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { runEventModels } from '../model/run-event.js';
import { RunView } from '../model/run.view.js';

const events = {
  'text/event-stream': {
    schema: {
      type: 'string',
      description: `Server-sent events; their data is one of ${runEventModels.map(({ name }) => name).join(', ')}`,
    },
  },
};

/** OpenAPI: the operation responds with an event stream. */
export function ApiEventStream(): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(...runEventModels),
    ApiHeader({ name: 'Last-Event-ID', required: false, description: 'Instead of starting_after' }),
    ApiOkResponse({ description: 'Server-sent events', content: events }),
  );
}

/** OpenAPI: the operation takes an `Idempotency-Key`. */
export function ApiIdempotencyKey(): MethodDecorator {
  return ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'A repeated request with the same key has no further effect and gets the first answer',
    schema: { type: 'string', minLength: 1, maxLength: 255 },
  });
}

/** OpenAPI: the operation responds with the complete answer in this shape, or with its events. */
export function ApiTurnResponse(shape: Type): MethodDecorator {
  const content = { 'application/json': { schema: { $ref: getSchemaPath(shape) } }, ...events };
  return applyDecorators(
    ApiExtraModels(shape, ...runEventModels),
    ApiIdempotencyKey(),
    ApiOkResponse({ description: 'The answer, or its events', content }),
  );
}

/** OpenAPI: like {@link ApiTurnResponse}, or with the run for `Prefer: respond-async`. */
export function ApiTurnOrRunResponse(shape: Type): MethodDecorator {
  return applyDecorators(
    ApiTurnResponse(shape),
    ApiHeader({
      name: 'Prefer',
      required: false,
      description: 'respond-async: respond with the run immediately',
    }),
    ApiResponse({ status: 202, description: 'The run, to follow or read later', type: RunView }),
  );
}
