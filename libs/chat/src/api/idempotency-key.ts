import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { validationFailed } from '#problems';
import { type IncomingHttpHeaders } from 'node:http';

const maxLength = 255;
/** Printable ASCII, as a header can carry it everywhere. */
const printable = /^[\x20-\x7e]+$/;

/** @throws Problem 400 for a key that is none */
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

/** The `Idempotency-Key` header of a request, undefined if it has none. */
export const IdempotencyKey = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const { headers } = context.switchToHttp().getRequest<{ headers: IncomingHttpHeaders }>();
  return parseIdempotencyKey(headers['idempotency-key']);
});
