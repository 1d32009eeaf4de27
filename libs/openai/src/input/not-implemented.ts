import { ApiPropertyOptional } from '@nestjs/swagger';
import { ValidateBy } from 'class-validator';
import { isDeepStrictEqual } from 'node:util';

/**
 * A field of the OpenAI API that would change the answer and that nothing here acts on: it is refused, unless it says what
 * happens anyway. Null is always allowed.
 * @param harmless values that ask for nothing
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

/** A field of the OpenAI API that says nothing about the answer: taken, and nothing is done with it. */
export function Ignored(): PropertyDecorator {
  const checks = [
    ApiPropertyOptional({ nullable: true, description: 'Taken, and without effect', type: String }),
    ValidateBy({ name: 'ignored', validator: { validate: () => true } }),
  ];
  return (target, property) => checks.forEach((decorate) => decorate(target, property));
}
