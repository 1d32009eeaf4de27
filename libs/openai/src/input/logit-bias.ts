import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, ValidateBy } from 'class-validator';

const maxEntries = 1_024;
const maxBias = 100;

/** Validates `logit_bias`: at most 1,024 token ids with numbers from -100 to 100. */
export function IsLogitBias(): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ type: 'object', additionalProperties: { type: 'number' }, nullable: true }),
    IsOptional(),
    ValidateBy({
      name: 'isLogitBias',
      validator: {
        validate: isLogitBias,
        defaultMessage: () =>
          `must be an object of at most ${maxEntries} token ids with numbers from -${maxBias} to ${maxBias}`,
      },
    }),
  );
}

function isLogitBias(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries: [string, unknown][] = Object.entries(value);
  return (
    entries.length <= maxEntries &&
    entries.every(
      ([token, bias]) => /^\d{1,10}$/.test(token) && typeof bias === 'number' && Math.abs(bias) <= maxBias,
    )
  );
}
