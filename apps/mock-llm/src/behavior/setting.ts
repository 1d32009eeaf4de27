/** One value that can be set from code (as JSON), from a flag or from the environment (as text). */
export interface Setting<T> {
  readonly default: T;
  /** One line for `--help`: what it does. */
  readonly help: string;
  /** What it takes, as mistakes and `--help` say it: `0–65535`, `reset | end`. */
  readonly takes: string;
  /** True for a yes/no setting, which a command line gives without a value. */
  readonly isSwitch: boolean;
  /** Text of a flag or a variable as the value `accepts` judges; text that makes no sense comes back as it is. */
  fromText(text: string): unknown;
  accepts(value: unknown): value is T;
}

/** A whole number within bounds, both included. */
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

/** A number, fractions allowed, within bounds, both included. */
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

/** Yes or no; off unless told otherwise. */
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

/** Any text up to a million characters. */
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

/** One of a few words. */
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

/** The same setting, off (`null`) unless given. */
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
