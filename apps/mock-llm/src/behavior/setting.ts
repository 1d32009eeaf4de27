/** A setting that can be set in code (as JSON), by a flag or in the environment (as text). */
export interface Setting<T> {
  readonly default: T;
  /** Its description for `--help`, in one line. */
  readonly help: string;
  /** Its valid values, for error messages and `--help`: `0–65535`, `reset | end`. */
  readonly takes: string;
  /** Whether it is a boolean, whose flag has no value. */
  readonly isSwitch: boolean;
  /** Converts the text of a flag or variable to a value for `accepts`; returns invalid text unchanged. */
  fromText(text: string): unknown;
  /** Whether a value is valid. */
  accepts(value: unknown): value is T;
}

/** An integer from `min` to `max`. */
export function integer(fallback: number, min: number, max: number, help: string): Setting<number> {
  return {
    default: fallback,
    help,
    takes: `a whole number, ${min} to ${max}`,
    isSwitch: false,
    fromText: numberFromText,
    accepts: (value): value is number => Number.isInteger(value) && within(value as number, min, max),
  };
}

/** A number from `min` to `max`. */
export function decimal(fallback: number, min: number, max: number, help: string): Setting<number> {
  return {
    default: fallback,
    help,
    takes: `a number, ${min} to ${max}`,
    isSwitch: false,
    fromText: numberFromText,
    accepts: (value): value is number => typeof value === 'number' && within(value, min, max),
  };
}

/** A boolean, false by default. */
export function toggle(help: string): Setting<boolean> {
  return {
    default: false,
    help,
    takes: 'true or false',
    isSwitch: true,
    fromText: (text) => ({ true: true, '1': true, false: false, '0': false })[text] ?? text,
    accepts: (value): value is boolean => typeof value === 'boolean',
  };
}

/** A text of up to a million characters. */
export function text(fallback: string, help: string): Setting<string> {
  return {
    default: fallback,
    help,
    takes: 'text',
    isSwitch: false,
    fromText: (given) => given,
    accepts: (value): value is string => typeof value === 'string' && value.length <= 1_000_000,
  };
}

/** One of several words; the first is the default. */
export function choice<const T extends string>(words: readonly T[], help: string): Setting<T> {
  const [first] = words;
  if (first === undefined) throw new RangeError('A choice needs at least one word.');
  return {
    default: first,
    help,
    takes: words.join(' | '),
    isSwitch: false,
    fromText: (given) => given,
    accepts: (value): value is T => words.includes(value as T),
  };
}

/** The same setting, but `null` (off) by default. */
export function optional<T>(setting: Setting<T>): Setting<T | null> {
  return {
    ...setting,
    default: null,
    takes: `${setting.takes}; null: off`,
    accepts: (value): value is T | null => value === null || setting.accepts(value),
  };
}

function numberFromText(given: string): unknown {
  return given.trim() === '' || Number.isNaN(Number(given)) ? given : Number(given);
}

function within(value: number, min: number, max: number): boolean {
  return value >= min && value <= max;
}
