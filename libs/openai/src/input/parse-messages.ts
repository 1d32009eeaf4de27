import { type LlmMessage, type LlmRole } from '#llm';
import { type FieldError, validationFailed } from '#problems';

/** How one of the APIs represents messages. */
export interface MessageFormat {
  /** The field of the request that contains them. */
  field: string;
  /** The roles a message may have, and what the LLM server gets for them. */
  roles: Readonly<Record<string, LlmRole>>;
  /** The types of content parts that are text. */
  textParts: readonly string[];
  /** Members of a message, besides `role` and `content`, that are accepted without effect as long as they are empty. */
  ignored: readonly string[];
}

const roles = { system: 'system', developer: 'system', user: 'user', assistant: 'assistant' } as const;

/** The `messages` of Chat Completions. */
export const chatMessageFormat: MessageFormat = {
  field: 'messages',
  roles,
  textParts: ['text'],
  ignored: ['name', 'refusal', 'annotations', 'audio', 'function_call', 'tool_calls'],
};

/** The items of type `message` of Responses and Conversations. @param field the field that contains them */
export function messageItemFormat(field: string): MessageFormat {
  return {
    field,
    roles,
    textParts: ['input_text', 'output_text', 'text'],
    ignored: ['type', 'id', 'status', 'phase'],
  };
}

const maxMessages = 10_000;

/**
 * Parses 1 to 10,000 messages of a request.
 * @throws Problem 400 that names the invalid or unimplemented field
 */
export function parseMessages(value: unknown, format: MessageFormat): LlmMessage[] {
  const { field } = format;
  if (!Array.isArray(value) || value.length === 0)
    reject(field, 'invalid_type', 'must be a list of messages');
  if (value.length > maxMessages)
    reject(field, 'array_above_max_length', `must be at most ${maxMessages} messages`);
  return value.map((message: unknown, at) => parseMessage(message, `${field}[${at}]`, format));
}

/** Separates the last message from the earlier ones. @throws Problem 400 if the last message is not the user's, or blank */
export function splitQuestion(
  messages: readonly LlmMessage[],
  field: string,
): { question: string; before: LlmMessage[] } {
  const last = messages.at(-1);
  if (last?.role !== 'user') reject(field, 'invalid_value', 'must end with a message of the user');
  if (last.content.trim() === '') reject(field, 'blank', 'must end with a message that is not blank');
  return { question: last.content, before: messages.slice(0, -1) };
}

/** Checks that PostgreSQL can store a text. @throws Problem 400 for other types, NUL characters and lone surrogates */
export function storableText(value: unknown, field: string): string {
  if (typeof value !== 'string') reject(field, 'invalid_type', 'must be a string');
  if (value.includes('\0')) reject(field, 'nul_character', 'must not contain NUL characters');
  if (!value.isWellFormed()) reject(field, 'invalid_unicode', 'must be valid Unicode');
  return value;
}

function parseMessage(value: unknown, at: string, format: MessageFormat): LlmMessage {
  if (!isObject(value)) reject(at, 'invalid_type', 'must be an object');
  const { role, content, type = 'message', ...more } = value;
  if (type !== 'message')
    reject(`${at}.type`, 'unsupported_parameter', 'must be message: other items are not implemented');
  const llmRole =
    typeof role === 'string' && Object.hasOwn(format.roles, role) ? format.roles[role] : undefined;
  if (llmRole === undefined) {
    reject(`${at}.role`, 'invalid_value', `must be one of ${Object.keys(format.roles).join(', ')}`);
  }
  for (const [name, member] of Object.entries(more)) {
    if (!format.ignored.includes(name)) reject(`${at}.${name}`, 'unknown_parameter', 'is not a known field');
    if (typeof member === 'object' && member !== null && Object.keys(member).length > 0) {
      reject(`${at}.${name}`, 'unsupported_parameter', 'is not implemented by this server');
    }
  }
  return { role: llmRole, content: textOf(content, `${at}.content`, format.textParts) };
}

function textOf(content: unknown, at: string, textParts: readonly string[]): string {
  if (!Array.isArray(content)) return storableText(content, at);
  return content
    .map((part: unknown, index) => {
      const partPath = `${at}[${index}]`;
      if (!isObject(part)) reject(partPath, 'invalid_type', 'must be an object');
      if (!textParts.includes(part.type as string)) {
        reject(
          `${partPath}.type`,
          'unsupported_parameter',
          `must be ${textParts[0]}: other content is not implemented`,
        );
      }
      return storableText(part.text, `${partPath}.text`);
    })
    .join('\n');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function reject(field: string, code: string, detail: string): never {
  const error: FieldError = { field, code, detail };
  throw validationFailed([error]);
}
