import { compileProtocol } from './description/compile.js';
import { type ProtocolDescription } from './description/description.js';
import { ProtocolDescriptionError } from './description/mistakes.js';
import { type LlmProtocol } from './protocol.js';
import { geminiLive } from './shipped/gemini-live.js';
import { iflytekSpark } from './shipped/iflytek-spark.js';
import { openAiRealtime } from './shipped/openai-realtime.js';
import { openAiResponses } from './shipped/openai-responses.js';
import { typedEvents } from './shipped/typed-events.js';

/** The shipped protocols that are descriptions themselves; other descriptions may extend them. */
export const shippedDescriptions: readonly ProtocolDescription[] = [
  openAiResponses,
  openAiRealtime,
  typedEvents,
  iflytekSpark,
  geminiLive,
];

/**
 * The protocol that a description describes; one that `extends` a shipped one takes over the parts that it does not
 * have itself.
 * @throws ProtocolDescriptionError with every mistake that the JSON Schema cannot see
 */
export function describedProtocol(description: ProtocolDescription): LlmProtocol {
  const { extends: base, ...own } = description;
  if (base === undefined) return compileProtocol(own);
  const extended = shippedDescriptions.find(({ name }) => name === base);
  if (extended === undefined) {
    const known = shippedDescriptions.map(({ name }) => name).join(', ');
    throw new ProtocolDescriptionError([
      { at: '/extends', message: `must be a shipped protocol that is described: ${known}` },
    ]);
  }
  return compileProtocol({ ...extended, ...own });
}
