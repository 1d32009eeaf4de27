import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, IsOptional, IsUUID, Max, Min, ValidateBy } from 'class-validator';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;

/** Converts a decimal number in a query string; leaves other values unchanged for the validators to reject. */
export function ToNumber(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) =>
    // eslint-disable-next-line security/detect-unsafe-regex -- linear: every repetition is bounded
    typeof value === 'string' && /^-?\d{1,15}(\.\d{1,15})?$/.test(value) ? Number(value) : value,
  );
}

/** `before` and `after` exclude each other. */
function IsNotBesideAfter(): PropertyDecorator {
  return ValidateBy({
    name: 'isNotBesideAfter',
    validator: {
      validate: (_value: unknown, args) => (args?.object as PageQuery).after === undefined,
      defaultMessage: () => 'must not be given together with after',
    },
  });
}

/** The query of a list with keyset pagination: `limit`, and `after` or `before` as the id of an item. */
export class PageQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT })
  @ToNumber()
  @Max(MAX_LIMIT)
  @Min(1)
  @IsInt()
  limit: number = DEFAULT_LIMIT;

  @ApiPropertyOptional({ format: 'uuid', description: 'Only items after the one with this id' })
  @IsOptional()
  @IsUUID('all')
  after?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'Only items before the one with this id' })
  @IsOptional()
  @IsUUID('all')
  @IsNotBesideAfter()
  before?: string;
}
