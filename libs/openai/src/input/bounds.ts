import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsNumber, IsOptional, Max, Min } from 'class-validator';

const mostTokens = 1_000_000;
const highestTemperature = 2;

/** How many tokens an answer may have: 1 to 1,000,000. */
export function IsTokenLimit({ deprecated = false } = {}): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: mostTokens, nullable: true, deprecated }),
    IsOptional(),
    IsInt(),
    Min(1),
    Max(mostTokens),
  );
}

/** The official bounds of `temperature`: 0 to 2. */
export function IsTemperature(): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ type: 'number', minimum: 0, maximum: highestTemperature, nullable: true }),
    IsOptional(),
    IsNumber({ allowNaN: false, allowInfinity: false }),
    Min(0),
    Max(highestTemperature),
  );
}
