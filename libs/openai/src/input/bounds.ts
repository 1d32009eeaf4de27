import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsNumber, IsOptional, Max, Min } from 'class-validator';

const maxTokens = 1_000_000;
const maxTemperature = 2;

/** Validates the maximum number of tokens of an answer: 1 to 1,000,000. */
export function IsTokenLimit({ deprecated = false } = {}): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: maxTokens, nullable: true, deprecated }),
    IsOptional(),
    IsInt(),
    Min(1),
    Max(maxTokens),
  );
}

/** Validates `temperature`: 0 to 2, as in the official API. */
export function IsTemperature(): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ type: 'number', minimum: 0, maximum: maxTemperature, nullable: true }),
    IsOptional(),
    IsNumber({ allowNaN: false, allowInfinity: false }),
    Min(0),
    Max(maxTemperature),
  );
}
