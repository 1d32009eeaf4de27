import { applyDecorators } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiProperty,
  ApiPropertyOptional,
  ApiResponse,
  getSchemaPath,
} from '@nestjs/swagger';
import { STATUS_CODES } from 'node:http';
import { PROBLEM_MEDIA_TYPE } from '../responses/problem-body.js';

class InvalidField {
  @ApiProperty({ example: 'settings.max_tokens' })
  field!: string;

  @ApiPropertyOptional()
  code?: string;

  @ApiProperty()
  detail!: string;
}

/** The OpenAPI schema of `ProblemBody`; a problem may have further members. */
class Problem {
  @ApiProperty({ example: '/problems/validation_failed' })
  type!: string;

  @ApiProperty()
  title!: string;

  @ApiProperty({ type: 'integer', minimum: 400, maximum: 599 })
  status!: number;

  @ApiPropertyOptional()
  detail?: string;

  @ApiProperty({ description: 'The path of the request' })
  instance!: string;

  @ApiProperty({ description: 'Stable, snake_case; for programs' })
  code!: string;

  @ApiProperty()
  request_id!: string;

  @ApiProperty({ description: 'The same request may succeed later' })
  retryable!: boolean;

  @ApiPropertyOptional({ type: [InvalidField], description: 'One entry per invalid field' })
  errors?: InvalidField[];
}

/** Statuses that every operation may return. */
const always = [400, 401, 429, 500, 503];

/** Documents in OpenAPI that the operation returns problems (RFC 9457) with these statuses, beside those of every operation. */
export function ApiProblems(...statuses: number[]): MethodDecorator {
  const content = { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: getSchemaPath(Problem) } } };
  return applyDecorators(
    ApiExtraModels(Problem),
    ...[...always, ...statuses].map((status) =>
      ApiResponse({ status, description: STATUS_CODES[status] ?? '', content }),
    ),
  );
}
