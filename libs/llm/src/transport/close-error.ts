import { LlmServerError } from '../errors/answer-errors.js';
import { LlmConnectionClosedError } from '../errors/connection-errors.js';
import { type LlmError } from '../errors/llm-error.js';
import { type ConnectionRules } from '../protocols/connection-rules.js';

/** Close code of a socket that ended without a close frame (RFC 6455, section 7.4.1). */
export const abnormalClosure = 1006;

/** The error for a close code: with the protocol's meaning of the code if it has one, else with that of WebSocket. */
export function closeError(
  code: number,
  reason: string,
  { name, rules }: { name: string; rules: Pick<ConnectionRules, 'closeErrors'> },
  cause?: Error,
): LlmError {
  const meaning = rules.closeErrors[code];
  return meaning === undefined
    ? new LlmConnectionClosedError(name, code, reason, cause)
    : new LlmServerError(meaning, reason);
}
