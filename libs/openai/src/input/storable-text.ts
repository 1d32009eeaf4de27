import { payloadTooLarge } from '#problems';
import { rejectField } from './reject-field.js';

/** Largest text of one message, in bytes of UTF-8. */
export const maxTextBytes = 1024 * 1024;

/**
 * Checks that PostgreSQL can store a text.
 * @throws Problem 400 for other types, NUL characters and lone surrogates; 413 for a text of more than 1 MiB
 */
export function storableText(value: unknown, field: string): string {
  if (typeof value !== 'string') rejectField(field, 'invalid_type', 'must be a string');
  if (value.includes('\0')) rejectField(field, 'nul_character', 'must not contain NUL characters');
  if (!value.isWellFormed()) rejectField(field, 'invalid_unicode', 'must be valid Unicode');
  if (Buffer.byteLength(value) > maxTextBytes) {
    throw payloadTooLarge(undefined, {
      errors: [{ field, code: 'too_long', detail: `must be at most ${maxTextBytes} bytes long` }],
    });
  }
  return value;
}
