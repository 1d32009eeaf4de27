import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiProperty, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { STATUS_CODES } from 'node:http';
import { type OpenAiError } from './openai-errors.js';

class ErrorFacts implements OpenAiError {
  @ApiProperty()
  message!: string;

  @ApiProperty({ example: 'invalid_request_error' })
  type!: string;

  @ApiProperty({ type: String, nullable: true, description: 'The field that is wrong' })
  param!: string | null;

  @ApiProperty({ type: String, nullable: true })
  code!: string | null;
}

class ErrorBody {
  @ApiProperty()
  error!: ErrorFacts;
}

/**
 * Errors that every operation may return: bad input, a missing key, too much at once, an internal error, no database.
 */
const always = [400, 401, 429, 500, 503];

/** Tells in the description of the API that these statuses are answered with an error, beside the usual ones. */
export function ApiErrors(...statuses: number[]): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(ErrorBody),
    ...[...always, ...statuses].map((status) =>
      ApiResponse({
        status,
        description: STATUS_CODES[status] ?? '',
        content: { 'application/json': { schema: { $ref: getSchemaPath(ErrorBody) } } },
      }),
    ),
  );
}
