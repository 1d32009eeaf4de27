import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiHeader, ApiOkResponse, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { RunView } from '../model/run.view.js';

const events = { 'text/event-stream': { schema: { type: 'string' } } };

/** Tells in the description of the API that events are answered. */
export function ApiEventStream(): MethodDecorator {
  return applyDecorators(
    ApiHeader({ name: 'Last-Event-ID', required: false, description: 'Instead of starting_after' }),
    ApiOkResponse({ description: 'Server-sent events', content: events }),
  );
}

/** Tells in the description of the API that an answer of this shape is waited for, or followed as events. */
export function ApiTurnResponse(shape: Type): MethodDecorator {
  const content = { 'application/json': { schema: { $ref: getSchemaPath(shape) } }, ...events };
  return applyDecorators(
    ApiExtraModels(shape),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description: 'Sending the same again under the same key changes nothing: the first answer is given',
      schema: { type: 'string', minLength: 1, maxLength: 255 },
    }),
    ApiOkResponse({ description: 'The answer, or its events', content }),
  );
}

/** The same for operations that can also be left with `Prefer: respond-async`. */
export function ApiTurnOrRunResponse(shape: Type): MethodDecorator {
  return applyDecorators(
    ApiTurnResponse(shape),
    ApiHeader({ name: 'Prefer', required: false, description: 'respond-async: answer with the run at once' }),
    ApiResponse({ status: 202, description: 'The run, to be followed or read later', type: RunView }),
  );
}
