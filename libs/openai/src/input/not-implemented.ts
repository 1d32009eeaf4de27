import { ApiPropertyOptional } from '@nestjs/swagger';
import { ValidateBy } from 'class-validator';
import { isDeepStrictEqual } from 'node:util';

/**
 * Rejects a field of the OpenAI API that would change the answer and that Parley does not implement. Null is always allowed.
 * @param harmless values that are allowed, as they request what Parley does anyway
 */
export function NotImplemented(...harmless: unknown[]): PropertyDecorator {
  const isHarmless = (value: unknown): boolean =>
    value === undefined || value === null || harmless.some((one) => isDeepStrictEqual(one, value));
  const values = harmless.map((one) => JSON.stringify(one)).join(', ');
  const checks = [
    ApiPropertyOptional({
      nullable: true,
      description: `Not implemented${values === '' ? '' : `; allowed: ${values}`}`,
      enum: [...harmless, null],
    }),
    ValidateBy({
      name: 'unsupportedParameter',
      validator: { validate: isHarmless, defaultMessage: () => 'is not implemented by this server' },
    }),
  ];
  return (target, property) => checks.forEach((decorate) => decorate(target, property));
}

/** Accepts a field of the OpenAI API that has no influence on the answer, and ignores it. */
export function Ignored(): PropertyDecorator {
  const checks = [
    ApiPropertyOptional({ nullable: true, description: 'Accepted, without effect', type: String }),
    ValidateBy({ name: 'ignored', validator: { validate: () => true } }),
  ];
  return (target, property) => checks.forEach((decorate) => decorate(target, property));
}
