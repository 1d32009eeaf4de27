import { rejectField } from './reject-field.js';
import { storableText } from './storable-text.js';

/** Content parts that are text, and their member with the text. All APIs accept the parts of the others. */
const textParts: Readonly<Record<string, string>> = {
  text: 'text',
  input_text: 'text',
  output_text: 'text',
  refusal: 'refusal',
};

/** Content parts of an earlier answer that are not part of what the LLM gets: its thoughts. */
const outputOnlyParts: ReadonlySet<unknown> = new Set([
  'thinking',
  'redacted_thinking',
  'reasoning',
  'reasoning_text',
  'summary_text',
]);

/**
 * The text of a message: a string, or its text parts line by line. Clients send answers back as they stored them, so that
 * of an assistant may be null or missing, which is an empty text.
 * @param at the path of the content in the request
 * @throws Problem 400 that names the part which is not text; 413 if the parts together are more than 1 MiB
 */
export function textOf(content: unknown, at: string, isAssistant: boolean): string {
  if (isAssistant && (content === undefined || content === null)) return '';
  if (!Array.isArray(content)) return storableText(content, at);
  const texts = content.flatMap((part: unknown, index) => {
    const partPath = `${at}[${index}]`;
    if (typeof part !== 'object' || part === null) rejectField(partPath, 'invalid_type', 'must be an object');
    const { type, ...members } = part as Record<string, unknown>;
    if (isAssistant && outputOnlyParts.has(type)) return [];
    const member = typeof type === 'string' && Object.hasOwn(textParts, type) ? textParts[type] : undefined;
    if (member === undefined) {
      rejectField(
        `${partPath}.type`,
        'unsupported_parameter',
        `must be ${Object.keys(textParts).join(', ')}: other content is not implemented`,
      );
    }
    return [storableText(members[member], `${partPath}.${member}`)];
  });
  // Each part may be as long as a message.
  return storableText(texts.join('\n'), at);
}
