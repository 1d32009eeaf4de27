import { type ValidationError } from 'class-validator';
import { type FieldError } from '../responses/problem.js';

/** Upper bound of entries per response, so that a body of unknown fields is not echoed entirely. */
const MAX_ROWS = 50;
const MAX_FIELD_LENGTH = 200;

/** Codes for checks of class-validator, where the snake_case form of their names would be unclear. */
const CODES: Readonly<Record<string, string>> = {
  whitelistValidation: 'unknown_field',
  hasNoNul: 'nul_character',
  isWellFormed: 'invalid_unicode',
  isNotBlank: 'blank',
  hasMaxBytes: 'too_large',
  isJsonObject: 'invalid_json_object',
};

/** An invalid field, and the HTTP status that its decorator sets instead of 400, such as 413. */
export interface InvalidField extends FieldError {
  status?: number;
}

/** Flattens class-validator's error tree to one entry per field (nested: `settings.max_tokens`); at most 50 entries. */
export function fieldErrors(tree: readonly ValidationError[]): InvalidField[] {
  const rows: InvalidField[] = [];
  collect(tree, '', rows);
  return rows;
}

function collect(tree: readonly ValidationError[], prefix: string, rows: InvalidField[]): void {
  for (const error of tree) {
    if (rows.length >= MAX_ROWS) return;
    const field = prefix + error.property;
    const checks = Object.entries(error.constraints ?? {});
    if (checks.length > 0) rows.push(row(field, error, checks));
    collect(error.children ?? [], `${field}.`, rows);
  }
}

function row(path: string, error: ValidationError, checks: [string, string][]): InvalidField {
  const field = path.slice(0, MAX_FIELD_LENGTH);
  const [check, message] = checks[0] as [string, string];
  if (check === 'whitelistValidation')
    return { field, code: 'unknown_field', detail: 'is not a known field' };
  if (error.value === undefined || error.value === null) {
    return { field, code: 'required', detail: 'is required' };
  }
  const detail = checks.map(([, text]) => withoutName(text, error.property)).join(', ');
  const context = error.contexts?.[check] as { status?: number } | undefined;
  return {
    field,
    code: CODES[check] ?? snakeCase(check),
    detail: detail || message,
    ...(context?.status !== undefined && { status: context.status }),
  };
}

/** `max_tokens must be a number` → `must be a number`, as the entry has the name of its field. */
function withoutName(message: string, property: string): string {
  return message.startsWith(`${property} `) ? message.slice(property.length + 1) : message;
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
