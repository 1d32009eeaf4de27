import { LlmServerError } from '../errors/answer-errors.js';
import { LlmConnectionClosedError } from '../errors/connection-errors.js';
import { type LlmError } from '../errors/llm-error.js';
import { type ConnectionRules } from '../protocols/connection-rules.js';

/** Close code of a socket that ended without a close frame. */
export const abnormalClosure = 1006;

/** What a close code says: in the protocol's words where it has some, else in those of WebSocket. */
export function closeError(
  code: number,
  reason: string,
  { name, rules }: { name: string; rules: ConnectionRules },
  cause: Error | undefined,
): LlmError {
  const meaning = rules.closeErrors[code];
  return meaning === undefined
    ? new LlmConnectionClosedError(name, code, reason, cause)
    : new LlmServerError(meaning, reason);
}
