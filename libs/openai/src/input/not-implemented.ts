import { ApiPropertyOptional } from '@nestjs/swagger';
import { ValidateBy, type ValidationArguments } from 'class-validator';
import { isDeepStrictEqual } from 'node:util';

const message = 'is not implemented by this server';

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
      validator: { validate: isHarmless, defaultMessage: () => message },
    }),
  ];
  return (target, property) => checks.forEach((decorate) => decorate(target, property));
}

/** Rejects tools, unless the list is empty or `tool_choice` of the same request is `none`: no tool may be called. */
export function NoTools(): PropertyDecorator {
  const checks = [
    ApiPropertyOptional({
      nullable: true,
      description: 'Not implemented; allowed: [], and any tools if `tool_choice` is `none`',
      enum: [[], null],
    }),
    ValidateBy({
      name: 'unsupportedParameter',
      validator: {
        validate: (tools: unknown, { object }: ValidationArguments) =>
          tools === undefined ||
          tools === null ||
          (Array.isArray(tools) &&
            (tools.length === 0 || (object as { tool_choice?: unknown }).tool_choice === 'none')),
        defaultMessage: () => message,
      },
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
