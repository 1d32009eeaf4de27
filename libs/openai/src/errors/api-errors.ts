import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiProperty, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { STATUS_CODES } from 'node:http';
import { type OpenAiError } from './openai-errors.js';

class ErrorFacts implements OpenAiError {
  @ApiProperty()
  message!: string;

  @ApiProperty({ example: 'invalid_request_error' })
  type!: string;

  @ApiProperty({ type: String, nullable: true, description: 'The field with the error' })
  param!: string | null;

  @ApiProperty({ type: String, nullable: true })
  code!: string | null;
}

class ErrorBody {
  @ApiProperty()
  error!: ErrorFacts;
}

/** Statuses that every operation may return: bad input, no key, a limit, an internal error, no database. */
const always = [400, 401, 429, 500, 503];

/** Declares in the OpenAPI document which error statuses an operation returns, in addition to those of every operation. */
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
