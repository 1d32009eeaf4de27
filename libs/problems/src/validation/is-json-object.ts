import { ValidateBy, type ValidationArguments } from 'class-validator';
import { findForbiddenPart, isLongerThan, isStorableJson } from './json-shape.js';

/** Bounds of {@link IsJsonObject}. */
export interface JsonObjectOptions {
  /** Upper bound of the JSON text, in bytes. Default 16 KiB. */
  maxBytes?: number;
  /** Upper bound of the nesting depth; `{}` has depth 1. Default 10. */
  maxDepth?: number;
}

/**
 * Validates a JSON object that a `jsonb` column can store, such as `metadata`: bounded in size and depth, without NUL
 * characters, unpaired surrogates, or forbidden keys such as `__proto__`.
 */
export function IsJsonObject(options: JsonObjectOptions = {}): PropertyDecorator {
  const bounds = { maxBytes: options.maxBytes ?? 16 * 1024, maxDepth: options.maxDepth ?? 10 };
  return ValidateBy({
    name: 'isJsonObject',
    validator: {
      validate: (value: unknown) => errorOf(value, bounds) === undefined,
      defaultMessage: (args?: ValidationArguments) => `${args?.property} ${errorOf(args?.value, bounds)}`,
    },
  });
}

function errorOf(value: unknown, bounds: Required<JsonObjectOptions>): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'must be an object';
  // First, and no further than the bound: the other checks assume small values.
  if (isLongerThan(value, bounds.maxBytes)) return `must be at most ${bounds.maxBytes} bytes of JSON`;
  const forbidden = findForbiddenPart(value, bounds.maxDepth);
  if (forbidden?.code === 'too_deep') return `must not be nested deeper than ${bounds.maxDepth} levels`;
  if (forbidden !== undefined) return `must not have the key ${forbidden.field}`;
  if (!isStorableJson(value)) {
    return 'must not contain NUL characters, invalid Unicode or numbers beyond ±1.8e308';
  }
  if (Buffer.byteLength(JSON.stringify(value)) > bounds.maxBytes) {
    return `must be at most ${bounds.maxBytes} bytes of JSON`;
  }
  return undefined;
}
