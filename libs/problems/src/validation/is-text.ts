import { IsString, ValidateBy, type ValidationOptions } from 'class-validator';

/** Options of {@link IsText}. */
export interface TextOptions {
  /** Upper bound of its UTF-8 form, in bytes. */
  maxBytes: number;
  /** Whether an empty string and white space are rejected. Default false. */
  notBlank?: boolean;
  /** The HTTP status for a string that is too long. Default 400. */
  tooLongStatus?: 400 | 413;
}

/** A text that Postgres can store: a string without NUL characters and unpaired surrogates, of bounded size. */
export function IsText(options: TextOptions): PropertyDecorator {
  const { maxBytes, notBlank = false, tooLongStatus = 400 } = options;
  const checks = [
    IsString(),
    textCheck('hasNoNul', 'must not contain NUL characters', (text) => !text.includes('\0')),
    textCheck('isWellFormed', 'must be valid Unicode', (text) => text.isWellFormed()),
    textCheck(
      'hasMaxBytes',
      `must be at most ${maxBytes} bytes long`,
      (text) => Buffer.byteLength(text) <= maxBytes,
      { context: { status: tooLongStatus } },
    ),
    ...(notBlank ? [textCheck('isNotBlank', 'must not be blank', (text) => text.trim() !== '')] : []),
  ];
  return (target, property) => checks.forEach((decorate) => decorate(target, property));
}

/** A check that accepts values other than strings, so that a wrong type is reported only once. */
function textCheck(
  name: string,
  rule: string,
  holds: (text: string) => boolean,
  options?: ValidationOptions,
): PropertyDecorator {
  return ValidateBy(
    {
      name,
      validator: {
        validate: (value: unknown) => typeof value !== 'string' || holds(value),
        defaultMessage: (args) => `${args?.property} ${rule}`,
      },
    },
    options,
  );
}
