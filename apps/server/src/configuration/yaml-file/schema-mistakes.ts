// eslint-disable-next-line no-restricted-imports -- a package's own dist/, where this dialect of JSON Schema is
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { webSocketUrlMistake } from '../addresses.js';
import { nearestName } from '../nearest-name.js';
import { type Mistake } from './mistake.js';
import { childOf } from './pointer.js';

/** The types of JSON Schema as messages name them. */
const TYPES: Record<string, string> = {
  array: 'a list',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
  object: 'a mapping of keys to values',
  string: 'a string',
};

/** Validates a value with a JSON schema. */
export function schemaMistakes(value: unknown, schema: object): Mistake[] {
  // `verbose` adds the value and the part of the schema to each error.
  // A test validates the schema itself, which would take most of the time here.
  const ajv = new Ajv2020({
    allErrors: true,
    verbose: true,
    strict: true,
    allowUnionTypes: true,
    validateSchema: false,
    meta: false,
  });
  ajv.addKeyword('patternErrorMessage');
  ajv.addFormat('llm-address', (text: string) => webSocketUrlMistake(text) === undefined);
  const validate = ajv.compile(schema);
  validate(value);
  const errors = validate.errors ?? [];
  // Errors of `format` come first: they explain better than those of `pattern` why an address is invalid.
  const formats = errors.filter(({ keyword }) => keyword === 'format');
  return [...formats, ...errors.filter(({ keyword }) => keyword !== 'format')].map(mistakeOf);
}

function mistakeOf(error: ErrorObject): Mistake {
  const { keyword, instancePath, params, parentSchema, message, data, propertyName } = error;
  const given = params as Record<string, unknown>;
  const schema = parentSchema as { properties?: object; patternErrorMessage?: string };
  switch (keyword) {
    case 'required':
      return { at: childOf(instancePath, String(given.missingProperty)), message: 'is missing' };
    case 'additionalProperties':
      return unknownKey(instancePath, String(given.additionalProperty), Object.keys(schema.properties ?? {}));
    case 'type':
      return { at: instancePath, message: `must be ${typeNames(given.type as string | string[])}` };
    case 'enum':
      return {
        at: instancePath,
        message: `must be ${(given.allowedValues as string[]).join(' or ')}`,
      };
    case 'propertyNames':
      return {
        at: childOf(instancePath, String(given.propertyName)),
        message: 'is not allowed here',
        isKey: true,
      };
    case 'format':
      return { at: instancePath, message: webSocketUrlMistake(String(data)) ?? 'is not a valid address' };
    case 'pattern':
      return {
        at: propertyName === undefined ? instancePath : childOf(instancePath, propertyName),
        message: schema.patternErrorMessage ?? 'has characters that are not allowed',
      };
    case 'minItems':
    case 'minLength':
    case 'minProperties':
      return { at: instancePath, message: 'must not be empty' };
    default:
      return { at: instancePath, message: message ?? 'is not valid' };
  }
}

function unknownKey(parent: string, key: string, known: readonly string[]): Mistake {
  const nearest = nearestName(key, known);
  const hint = nearest === undefined ? `known are ${known.join(', ')}` : `did you mean ${nearest}?`;
  return { at: childOf(parent, key), message: `is not known here; ${hint}`, isKey: true };
}

function typeNames(types: string | string[]): string {
  return [types]
    .flat()
    .map((type) => TYPES[type] ?? type)
    .join(' or ');
}
