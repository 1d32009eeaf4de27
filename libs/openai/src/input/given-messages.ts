import { type LlmMessage, type LlmRole } from '#llm';
import { type FieldError, validationFailed } from '#problems';

/** How one of the APIs writes down messages. */
export interface MessageNotation {
  /** The field that they stand in. */
  field: string;
  roles: Readonly<Record<string, LlmRole>>;
  /** The types of parts that are text. */
  textParts: readonly string[];
  /** Members of a message beside `role` and `content` that say nothing about its text. */
  ignored: readonly string[];
}

const roles = { system: 'system', developer: 'system', user: 'user', assistant: 'assistant' } as const;

/** Chat Completions: `messages`. */
export const chatMessages: MessageNotation = {
  field: 'messages',
  roles,
  textParts: ['text'],
  ignored: ['name', 'refusal', 'annotations', 'audio', 'function_call', 'tool_calls'],
};

/** Responses and Conversations: items of the type `message`. */
export function messageItems(field: string): MessageNotation {
  return {
    field,
    roles,
    textParts: ['input_text', 'output_text', 'text'],
    ignored: ['type', 'id', 'status', 'phase'],
  };
}

const maxMessages = 10_000;

/**
 * Messages as a caller wrote them down.
 * @throws Problem 400 that names what is wrong, or what is not implemented
 */
export function givenMessages(given: unknown, notation: MessageNotation): LlmMessage[] {
  const { field } = notation;
  if (!Array.isArray(given) || given.length === 0)
    refuse(field, 'invalid_type', 'must be a list of messages');
  if (given.length > maxMessages)
    refuse(field, 'array_above_max_length', `must be at most ${maxMessages} messages`);
  return given.map((message: unknown, at) => givenMessage(message, `${field}[${at}]`, notation));
}

/** The question, and what was said before it. @throws Problem 400 when the last message is not the user's */
export function questionOf(
  messages: readonly LlmMessage[],
  field: string,
): { question: string; before: LlmMessage[] } {
  const last = messages.at(-1);
  if (last?.role !== 'user') refuse(field, 'invalid_value', 'must end with a message of the user');
  if (last.content.trim() === '') refuse(field, 'blank', 'must end with a message that says something');
  return { question: last.content, before: messages.slice(0, -1) };
}

/** @throws Problem 400 for a text that cannot be stored */
export function storableText(value: unknown, field: string): string {
  if (typeof value !== 'string') refuse(field, 'invalid_type', 'must be a text');
  if (value.includes('\0')) refuse(field, 'nul_character', 'must not contain NUL characters');
  if (!value.isWellFormed()) refuse(field, 'invalid_unicode', 'must be valid Unicode');
  return value;
}

function givenMessage(given: unknown, at: string, notation: MessageNotation): LlmMessage {
  if (!isObject(given)) refuse(at, 'invalid_type', 'must be an object');
  const { role, content, type = 'message', ...more } = given;
  if (type !== 'message')
    refuse(`${at}.type`, 'unsupported_parameter', 'must be message: other items are not implemented');
  const known =
    typeof role === 'string' && Object.hasOwn(notation.roles, role) ? notation.roles[role] : undefined;
  if (known === undefined) {
    refuse(`${at}.role`, 'invalid_value', `must be one of ${Object.keys(notation.roles).join(', ')}`);
  }
  for (const [name, value] of Object.entries(more)) {
    if (!notation.ignored.includes(name))
      refuse(`${at}.${name}`, 'unknown_parameter', 'is not a known field');
    if (typeof value === 'object' && value !== null && Object.keys(value).length > 0) {
      refuse(`${at}.${name}`, 'unsupported_parameter', 'is not implemented by this server');
    }
  }
  return { role: known, content: textOf(content, `${at}.content`, notation.textParts) };
}

function textOf(content: unknown, at: string, textParts: readonly string[]): string {
  if (!Array.isArray(content)) return storableText(content, at);
  return content
    .map((part: unknown, index) => {
      const place = `${at}[${index}]`;
      if (!isObject(part)) refuse(place, 'invalid_type', 'must be an object');
      if (!textParts.includes(part.type as string)) {
        refuse(
          `${place}.type`,
          'unsupported_parameter',
          `must be ${textParts[0]}: other content is not implemented`,
        );
      }
      return storableText(part.text, `${place}.text`);
    })
    .join('\n');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refuse(field: string, code: string, detail: string): never {
  const error: FieldError = { field, code, detail };
  throw validationFailed([error]);
}
