import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, ValidateBy } from 'class-validator';

const maxPairs = 16;
const maxKeyLength = 64;
const maxValueLength = 512;

/** Validates `metadata`: at most 16 pairs, keys of 64 and values of 512 characters, as in the official API. */
export function IsMetadata(): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ type: 'object', additionalProperties: { type: 'string' }, nullable: true }),
    IsOptional(),
    ValidateBy({
      name: 'isMetadata',
      validator: {
        validate: isMetadata,
        defaultMessage: () =>
          `must be an object of at most ${maxPairs} strings, with keys of at most ${maxKeyLength} and values of at most ${maxValueLength} characters`,
      },
    }),
  );
}

function isMetadata(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const pairs = Object.entries(value);
  return (
    pairs.length <= maxPairs &&
    pairs.every(
      ([key, text]) =>
        isStorable(key, maxKeyLength) && typeof text === 'string' && isStorable(text, maxValueLength),
    )
  );
}

function isStorable(text: string, maxLength: number): boolean {
  return text.length <= maxLength && !text.includes('\0') && text.isWellFormed();
}
