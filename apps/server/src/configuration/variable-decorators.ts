import 'reflect-metadata';
import { Transform } from 'class-transformer';
import { ValidateBy } from 'class-validator';
import { apiKeysMistakes, parseApiKeys, type ApiKey } from './api-keys.js';

/** The metadata key under which each decorator stores the allowed values of its variable. */
const allowedKey = 'parley:allowed-values';

/** Describes the allowed values of a variable: `a whole number from 0 to 65535`. Empty if any text is allowed. */
export function allowedValues(type: abstract new () => object, name: string): string {
  return (Reflect.getMetadata(allowedKey, type.prototype as object, name) as string | undefined) ?? '';
}

/**
 * Reads the text of a variable and validates the result.
 *
 * @param read converts the text; returns the text itself if it cannot
 * @param mistake says what is wrong with a value, starting with `must`; `undefined` if nothing is
 * @param allowed a description of the allowed values, for documents
 */
function Variable<T>(
  read: (text: string) => T | string,
  mistake: (value: T | string) => string | undefined,
  allowed: string,
): PropertyDecorator {
  const transform = Transform(({ value }: { value: string }) => read(value));
  const validate = ValidateBy({
    name: 'variable',
    validator: {
      validate: (value: T) => mistake(value) === undefined,
      defaultMessage: (args) => mistake(args?.value as T) ?? '',
    },
  });
  return (target, property) => {
    transform(target, property);
    validate(target, property);
    Reflect.defineMetadata(allowedKey, allowed, target, property);
  };
}

/** A number in decimal notation, from `min` to `max`. `unit` appears in messages and documents only. */
export function NumberVariable(min: number, max: number, unit = ''): PropertyDecorator {
  const allowed = `a number from ${min} to ${max}${unit && ` ${unit}`}`;
  return Variable<number>(
    readNumber,
    (value) => (typeof value === 'number' && value >= min && value <= max ? undefined : `must be ${allowed}`),
    allowed,
  );
}

/** As {@link NumberVariable}, without fractions. */
export function WholeNumberVariable(min: number, max: number): PropertyDecorator {
  const allowed = `a whole number from ${min} to ${max}`;
  return Variable<number>(
    readNumber,
    (value) =>
      Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max
        ? undefined
        : `must be ${allowed}`,
    allowed,
  );
}

/** `true` or `false`. */
export function BooleanVariable(): PropertyDecorator {
  const values: Record<string, boolean> = { true: true, false: false };
  return Variable<boolean>(
    (text) => values[text.toLowerCase()] ?? text,
    (value) => (typeof value === 'boolean' ? undefined : 'must be true or false'),
    '`true` or `false`',
  );
}

/** One of the given words. */
export function ChoiceVariable(...choices: string[]): PropertyDecorator {
  return Variable<string>(
    (text) => text,
    (value) => (choices.includes(value) ? undefined : `must be one of: ${choices.join(', ')}`),
    choices.map((choice) => (choice === '' ? 'empty' : `\`${choice}\``)).join(', '),
  );
}

/** A text that `isValid` accepts, or unset. @param allowed the error message, which starts with `must` */
export function TextVariable(isValid: (text: string) => boolean, allowed: string): PropertyDecorator {
  return Variable<string>(
    (text) => text,
    (value) => (value === '' || isValid(value) ? undefined : allowed),
    allowed.replace(/^must be /, ''),
  );
}

/** A text that `mistake` returns undefined for, or unset. */
export function CheckedVariable(mistake: (text: string) => string | undefined): PropertyDecorator {
  return Variable<string>(
    (text) => text,
    (value) => (value === '' ? undefined : mistake(value)),
    '',
  );
}

/** Comma-separated texts that `mistake` returns undefined for. Error messages contain the number of the entry. */
export function ListVariable(mistake: (text: string) => string | undefined): PropertyDecorator {
  return Variable<string[]>(
    (text) =>
      text
        .split(',')
        .map((entry) => entry.trim())
        .filter((entry) => entry !== ''),
    (value) => {
      const mistakes = (value as string[]).flatMap((entry, at) => {
        const found = mistake(entry);
        return found === undefined ? [] : [`entry ${at + 1} ${found}`];
      });
      return mistakes.length === 0 ? undefined : `has mistakes: ${mistakes.join('; ')}`;
    },
    'a list, separated by commas',
  );
}

/** Pairs of names and values. */
export type Pairs = readonly (readonly [name: string, value: string])[];

/** `name=value` pairs, separated by commas. The first `=` of a pair separates. */
export function PairsVariable(): PropertyDecorator {
  return Variable<Pairs>(
    (text) => {
      const entries = text.split(',').map((entry) => entry.trim());
      const pairs = entries.filter((entry) => entry !== '').map(pairOf);
      return pairs.every((pair) => pair !== undefined) ? pairs : text;
    },
    (value) => (typeof value === 'string' ? 'must be name=value pairs, separated by commas' : undefined),
    '`name=value` pairs, separated by commas',
  );
}

function pairOf(entry: string): [name: string, value: string] | undefined {
  const [, name, value] = /^([A-Za-z][A-Za-z0-9_-]{0,63})=(.+)$/s.exec(entry) ?? [];
  return name === undefined || value === undefined ? undefined : [name, value];
}

/** `name:key` pairs. */
export function ApiKeysVariable(): PropertyDecorator {
  return Variable<ApiKey[]>(
    parseApiKeys,
    (value) => {
      const mistakes = apiKeysMistakes(value as ApiKey[]);
      return mistakes.length === 0 ? undefined : `has mistakes: ${mistakes.join('; ')}`;
    },
    '`name:key` pairs, separated by commas',
  );
}

function readNumber(text: string): number | string {
  return /^-?(\d+(\.\d*)?|\.\d+)$/.test(text) ? Number(text) : text;
}
