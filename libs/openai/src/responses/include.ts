import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, ValidateBy } from 'class-validator';

const maxNames = 20;
/** Output that Parley does not have although a response has text. All other names are of items that responses never have. */
const notImplemented = 'message.output_text.logprobs';

/** Validates `include`: the names of additional output. */
export function IsInclude(): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({
      type: 'array',
      items: { type: 'string', example: 'reasoning.encrypted_content' },
      maxItems: maxNames,
      nullable: true,
      description: `Accepted, without effect, except ${notImplemented}, which is not implemented`,
    }),
    IsOptional(),
    ValidateBy({
      name: 'unsupportedParameter',
      validator: {
        validate: (value: unknown) =>
          Array.isArray(value) &&
          value.length <= maxNames &&
          value.every((name) => typeof name === 'string' && name !== notImplemented),
        defaultMessage: () =>
          `must be a list of at most ${maxNames} names of additional output, without ${notImplemented}, which is not implemented`,
      },
    }),
  );
}
