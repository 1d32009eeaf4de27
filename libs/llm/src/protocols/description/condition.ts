import { type Matcher, type OneOrMore, type Scalar, type When } from './description.js';
import { each, type Place } from './mistakes.js';
import { compilePath, Many } from './path.js';

export type Condition = (frame: unknown) => boolean;

/** True when all paths have what they should. */
export function compileWhen(when: When, place: Place): Condition {
  const tests = Object.entries(when).map(([path, matcher]): Condition => {
    const read = compilePath(path, place.at(path));
    const matches = compileMatcher(matcher);
    if (!path.includes('*')) return (frame) => matches(read(frame));
    return (frame) => {
      const value = read(frame);
      return value instanceof Many ? value.values.some(matches) : matches(value);
    };
  });
  if (tests.length === 0) place.wrong('must name at least one path');
  const [first = never, second] = tests;
  if (second === undefined) return first;
  if (tests.length === 2) return (frame) => first(frame) && second(frame);
  return (frame) => tests.every((test) => test(frame));
}

/** True when one of several does; never without any. */
export function compileAnyWhen(whens: OneOrMore<When> | undefined, place: Place): Condition {
  const conditions = each(whens, place).map(([when, at]) => compileWhen(when, at));
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
  const { not } = matcher;
  const unwanted = isList(not) ? not : [not];
  return (value) => value !== undefined && !unwanted.includes(value as Scalar);
}

function isList(value: unknown): value is readonly Scalar[] {
  return Array.isArray(value);
}
