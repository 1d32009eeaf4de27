import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsNumber, IsOptional, Max, Min } from 'class-validator';

const maxTokens = 1_000_000;

/** The bounds of a number. */
export interface Bounds {
  min: number;
  max: number;
}

/** Validates the maximum number of tokens of an answer: 1 to 1,000,000. */
export function IsTokenLimit({ deprecated = false } = {}): PropertyDecorator {
  return IsOptionalInteger({ min: 1, max: maxTokens }, { deprecated });
}

/** Validates `temperature`: 0 to 2, as in the official API. */
export function IsTemperature(): PropertyDecorator {
  return IsOptionalNumber({ min: 0, max: 2 });
}

/** Validates a number that may be null or left out. */
export function IsOptionalNumber({ min, max }: Bounds): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ type: 'number', minimum: min, maximum: max, nullable: true }),
    IsOptional(),
    IsNumber({ allowNaN: false, allowInfinity: false }),
    Min(min),
    Max(max),
  );
}

/** Validates an integer that may be null or left out. */
export function IsOptionalInteger(
  { min, max }: Bounds,
  options: { deprecated?: boolean } = {},
): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ type: 'integer', minimum: min, maximum: max, nullable: true, ...options }),
    IsOptional(),
    IsInt(),
    Min(min),
    Max(max),
  );
}
