import { type LlmMessage } from '#llm';
import { rejectField } from './reject-field.js';

/** The messages of a request, divided into what is answered and what was said before. */
export interface Question {
  /** The text of the last message of the user; of the last system message if no message of the user ends the list. */
  text: string;
  /** The texts of system messages after it. */
  reminders: readonly string[];
  /** The messages before it. */
  before: readonly LlmMessage[];
}

/** Stands between texts that are sent as one message. */
const separator = '\n\n';

/**
 * Divides messages into the question and the rest.
 * @throws Problem 400 if the list ends with the assistant or a blank message, or has no message to answer
 */
export function questionOf(messages: readonly LlmMessage[], field: string): Question {
  const end = messages.findLastIndex(({ role }) => role !== 'system');
  const at = messages[end]?.role === 'user' ? end : messages.length - 1;
  const asked = messages[at];
  if (asked === undefined) rejectField(field, 'invalid_value', 'must contain a message of the user');
  if (asked.role === 'assistant') {
    rejectField(
      field,
      'invalid_value',
      'must not end with a message of the assistant: to continue an answer is not implemented',
    );
  }
  if (asked.content.trim() === '') rejectField(field, 'blank', 'must end with a message that is not blank');
  const reminders = messages.slice(at + 1).map(({ content }) => content);
  return { text: asked.content, reminders, before: messages.slice(0, at) };
}

/**
 * A question and the messages before it as an LLM server gets them. Consecutive messages of the user, and of the assistant,
 * are one message, as strict chat templates reject them. Reminders follow in the message of the user, as protocols have no
 * message after it.
 */
export function sentMessages({ text, reminders, before }: Question): {
  message: string;
  history: LlmMessage[];
} {
  const history: LlmMessage[] = [];
  for (const { role, content } of [...before, { role: 'user' as const, content: text }]) {
    const last = history.at(-1);
    if (last?.role === role && role !== 'system') last.content += separator + content;
    else history.push({ role, content });
  }
  const message = [history.pop()!.content, ...reminders].join(separator);
  return { message, history };
}
