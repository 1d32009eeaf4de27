import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, getSchemaPath } from '@nestjs/swagger';

/** Documents in OpenAPI that the operation returns a `Page` of `item`. */
export function ApiPage(item: Type): MethodDecorator {
  const id = { type: 'string', format: 'uuid', nullable: true };
  const schema = {
    type: 'object',
    required: ['data', 'first_id', 'last_id', 'has_more'],
    properties: {
      data: { type: 'array', items: { $ref: getSchemaPath(item) } },
      first_id: id,
      last_id: id,
      has_more: { type: 'boolean' },
    },
  };
  return applyDecorators(ApiExtraModels(item), ApiOkResponse({ schema }));
}
