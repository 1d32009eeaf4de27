import { type LlmMessage, type LlmRole } from '#llm';
import { textOf } from './message-content.js';
import { rejectField } from './reject-field.js';

const roles: Readonly<Record<string, LlmRole>> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
};

/**
 * Members of a message that change what the LLM should get, and are not implemented: rejected unless they are empty. All
 * others besides `role` and `content` are ignored, as clients send answers back with everything that they stored.
 */
const notImplemented: readonly string[] = ['tool_calls', 'function_call', 'images', 'attachments', 'files'];

const maxMessages = 10_000;

/**
 * Parses the messages of a request: at most 10,000, one or more unless `mayBeEmpty`. Answers without text and items of
 * type `reasoning` are left out.
 * @param field the field that contains them
 * @throws Problem 400 that names the invalid or unimplemented field; 413 for a text that is too long
 */
export function parseMessages(value: unknown, field: string, mayBeEmpty = false): LlmMessage[] {
  const messages = checkedList(value, field, mayBeEmpty);
  return messages.flatMap((message, at) => parseMessage(message, `${field}[${at}]`));
}

/** Checks that a value is a list of 1 to 10,000 messages. @throws Problem 400 */
export function checkedList(value: unknown, field: string, mayBeEmpty = false): unknown[] {
  if (!Array.isArray(value) || (value.length === 0 && !mayBeEmpty))
    rejectField(field, 'invalid_type', 'must be a list of messages');
  if (value.length > maxMessages)
    rejectField(field, 'array_above_max_length', `must be at most ${maxMessages} messages`);
  return value;
}

function parseMessage(value: unknown, at: string): LlmMessage[] {
  if (!isObject(value)) rejectField(at, 'invalid_type', 'must be an object');
  const { role, content, type, ...more } = value;
  if (type === 'reasoning') return [];
  if (type !== undefined && type !== null && type !== 'message') {
    rejectField(`${at}.type`, 'unsupported_parameter', 'must be message: other items are not implemented');
  }
  const llmRole = typeof role === 'string' && Object.hasOwn(roles, role) ? roles[role] : undefined;
  if (llmRole === undefined)
    rejectField(`${at}.role`, 'invalid_value', `must be one of ${Object.keys(roles).join(', ')}`);
  const unsupported = notImplemented.find((name) => !isEmpty(more[name]));
  if (unsupported !== undefined) {
    rejectField(`${at}.${unsupported}`, 'unsupported_parameter', 'is not implemented by this server');
  }
  const text = textOf(content, `${at}.content`, llmRole === 'assistant');
  return llmRole === 'assistant' && text === '' ? [] : [{ role: llmRole, content: text }];
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0)
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
