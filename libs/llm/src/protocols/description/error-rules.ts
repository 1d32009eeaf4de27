import { LlmServerError } from '../../errors/answer-errors.js';
import { type ProtocolError } from '../protocol.js';
import { firstOf, type ReadEvent } from './answer-rules.js';
import { compileWhen } from './condition.js';
import { type ErrorRule, type OneOrMore } from './description.js';
import { each, type Location } from './mistakes.js';
import { compilePath, compilePaths, type ReadValue } from './path.js';

/** Compiles rules for errors of the server, whose codes are translated to those of Parley. */
export function compileErrors(rules: OneOrMore<ErrorRule> | undefined, location: Location): ReadEvent {
  return firstOf(each(rules, location).map(([rule, at]) => compileError(rule, at)));
}

function compileError(rule: ErrorRule, location: Location): ReadEvent {
  const { when, codes = {}, reach = 'answer', reaches = {}, followed_by_end } = rule;
  const holds = compileWhen(when, location.at('when'));
  const codeReads = each(rule.code, location.at('code')).map(([path, at]) => compilePath(path, at));
  const message = compilePaths(rule.message, location.at('message'));
  const retryAfter = compilePaths(rule.retry_after, location.at('retry_after'));
  return (frame): ProtocolError | undefined => {
    if (!holds(frame)) return undefined;
    const found = codesIn(frame, codeReads);
    const code = firstIn(codes, found) ?? found[0] ?? 'server_error';
    const error = new LlmServerError(code, textOf(message?.(frame)), retryAfterMs(retryAfter?.(frame)));
    return {
      type: 'error',
      error,
      reach: firstIn(reaches, found) ?? reach,
      ...(followed_by_end === true ? { isFollowedByEnd: true } : {}),
    };
  };
}

function codesIn(frame: unknown, reads: readonly ReadValue[]): string[] {
  return reads.flatMap((read) => {
    const code = read(frame);
    return (typeof code === 'string' && code !== '') || typeof code === 'number' ? [String(code)] : [];
  });
}

function firstIn<T>(table: Readonly<Record<string, T>>, keys: readonly string[]): T | undefined {
  const key = keys.find((one) => Object.hasOwn(table, one));
  return key === undefined ? undefined : table[key];
}

function textOf(message: unknown): string {
  return typeof message === 'string' || typeof message === 'number' ? String(message) : '';
}

/** Converts seconds, as a number or a numeric string. */
function retryAfterMs(seconds: unknown): number | undefined {
  const number = typeof seconds === 'string' && seconds !== '' ? Number(seconds) : seconds;
  return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? number * 1000 : undefined;
}
