import { LlmServerError } from '../../errors/answer-errors.js';
import { type ProtocolError } from '../protocol.js';
import { firstOf, type ReadEvent } from './answer-rules.js';
import { compileWhen } from './condition.js';
import { type ErrorRule, type OneOrMore } from './description.js';
import { each, type Place } from './mistakes.js';
import { compilePath, compilePaths, type Read } from './path.js';

/** An error of the server, in Parley's words where the rule translates its code. */
export function compileErrors(rules: OneOrMore<ErrorRule> | undefined, place: Place): ReadEvent {
  return firstOf(each(rules, place).map(([rule, at]) => compileError(rule, at)));
}

function compileError(rule: ErrorRule, place: Place): ReadEvent {
  const { when, codes = {}, reach = 'answer', reaches = {} } = rule;
  const holds = compileWhen(when, place.at('when'));
  const codeReads = each(rule.code, place.at('code')).map(([path, at]) => compilePath(path, at));
  const message = compilePaths(rule.message, place.at('message'));
  const retryAfter = compilePaths(rule.retry_after, place.at('retry_after'));
  return (frame): ProtocolError | undefined => {
    if (!holds(frame)) return undefined;
    const said = codesIn(frame, codeReads);
    const code = firstIn(codes, said) ?? said[0] ?? 'server_error';
    const error = new LlmServerError(code, wordsOf(message?.(frame)), retryAfterMs(retryAfter?.(frame)));
    return { type: 'error', error, reach: firstIn(reaches, said) ?? reach };
  };
}

function codesIn(frame: unknown, reads: readonly Read[]): string[] {
  return reads.flatMap((read) => {
    const code = read(frame);
    return (typeof code === 'string' && code !== '') || typeof code === 'number' ? [String(code)] : [];
  });
}

function firstIn<T>(table: Readonly<Record<string, T>>, keys: readonly string[]): T | undefined {
  const key = keys.find((candidate) => Object.hasOwn(table, candidate));
  return key === undefined ? undefined : table[key];
}

function wordsOf(message: unknown): string {
  return typeof message === 'string' || typeof message === 'number' ? String(message) : '';
}

/** Seconds, as a number or a text of digits. */
function retryAfterMs(seconds: unknown): number | undefined {
  const number = typeof seconds === 'string' && seconds !== '' ? Number(seconds) : seconds;
  return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? number * 1000 : undefined;
}
