import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { validationFailed } from '#problems';
import { type IncomingHttpHeaders } from 'node:http';

/** Largest length of a key. */
const maxLength = 255;
/** Printable ASCII, which every HTTP implementation passes on unchanged. */
const printable = /^[\x20-\x7e]+$/;

/** Validates the value of an `Idempotency-Key` header. @throws Problem 400 if it is not a valid key */
export function parseIdempotencyKey(value: string | string[] | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && isWellFormed(value)) return value;
  throw validationFailed([
    {
      field: 'Idempotency-Key',
      code: 'is_idempotency_key',
      detail: 'must be 1 to 255 printable ASCII characters',
    },
  ]);
}

function isWellFormed(key: string): boolean {
  return key.length <= maxLength && printable.test(key) && key.trim() === key;
}

/** Parameter decorator: the `Idempotency-Key` header of the request; undefined if it has none. */
export const IdempotencyKey = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const { headers } = context.switchToHttp().getRequest<{ headers: IncomingHttpHeaders }>();
  return parseIdempotencyKey(headers['idempotency-key']);
});
