import { type Matcher, type OneOrMore, type Scalar, type valueKinds, type When } from './description.js';
import { each, type Location } from './mistakes.js';
import { compilePath, MultipleValues } from './path.js';

/** Whether a frame matches. */
export type Condition = (frame: unknown) => boolean;

/** Compiles a condition that holds if all of its paths match. */
export function compileWhen(when: When, location: Location): Condition {
  const tests = Object.entries(when).map(([path, matcher]): Condition => {
    const read = compilePath(path, location.at(path));
    const matches = compileMatcher(matcher);
    if (!path.includes('*')) return (frame) => matches(read(frame));
    return (frame) => {
      const value = read(frame);
      return value instanceof MultipleValues ? value.values.some(matches) : matches(value);
    };
  });
  if (tests.length === 0) location.report('must name at least one path');
  const [first = never, second] = tests;
  if (second === undefined) return first;
  if (tests.length === 2) return (frame) => first(frame) && second(frame);
  return (frame) => tests.every((test) => test(frame));
}

/** Compiles conditions of which one must hold; without any it never holds. */
export function compileAnyWhen(whens: OneOrMore<When> | undefined, location: Location): Condition {
  const conditions = each(whens, location).map(([when, at]) => compileWhen(when, at));
  const [first = never] = conditions;
  return conditions.length <= 1 ? first : (frame) => conditions.some((condition) => condition(frame));
}

const never: Condition = () => false;

function compileMatcher(matcher: Matcher): (value: unknown) => boolean {
  if (typeof matcher !== 'object' || matcher === null) return (value) => value === matcher;
  if (isList(matcher)) return (value) => matcher.includes(value as Scalar);
  if ('present' in matcher) {
    return (value) => (value !== undefined && value !== null) === matcher.present;
  }
  if ('truthy' in matcher) return (value) => Boolean(value) === matcher.truthy;
  if ('starts_with' in matcher) return textTest(matcher.starts_with, (text, part) => text.startsWith(part));
  if ('contains' in matcher) return textTest(matcher.contains, (text, part) => text.includes(part));
  if ('is' in matcher) return (value) => kindOf(value) === matcher.is;
  const { not } = matcher;
  const unwanted = isList(not) ? not : [not];
  return (value) => value !== undefined && !unwanted.includes(value as Scalar);
}

function textTest(
  wanted: OneOrMore<string>,
  test: (text: string, part: string) => boolean,
): (value: unknown) => boolean {
  const parts = [wanted].flat();
  return (value) => typeof value === 'string' && parts.some((part) => test(value, part));
}

function kindOf(value: unknown): (typeof valueKinds)[number] | undefined {
  if (typeof value === 'string') return 'text';
  if (typeof value === 'number' || typeof value === 'boolean') return typeof value as 'number' | 'boolean';
  if (Array.isArray(value)) return 'list';
  return typeof value === 'object' && value !== null ? 'object' : undefined;
}

function isList(value: unknown): value is readonly Scalar[] {
  return Array.isArray(value);
}
