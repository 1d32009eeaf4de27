import { compileProtocol } from './description/compile.js';
import { type ProtocolDescription } from './description/description.js';
import { ProtocolDescriptionError } from './description/mistakes.js';
import { type LlmProtocol } from './protocol.js';
import { geminiLive } from './shipped/gemini-live.js';
import { iflytekSpark } from './shipped/iflytek-spark.js';
import { openAiRealtime } from './shipped/openai-realtime.js';
import { openAiResponses } from './shipped/openai-responses.js';
import { typedEvents } from './shipped/typed-events.js';

/** The shipped protocols that are defined by descriptions; other descriptions can extend them. */
export const shippedDescriptions: readonly ProtocolDescription[] = [
  openAiResponses,
  openAiRealtime,
  typedEvents,
  iflytekSpark,
  geminiLive,
];

/**
 * Compiles a description into a protocol. A description with `extends` inherits the parts that it does not define.
 * @throws ProtocolDescriptionError with every mistake that the JSON Schema does not detect
 */
export function describedProtocol(description: ProtocolDescription): LlmProtocol {
  const { extends: base, ...own } = description;
  if (base === undefined) return compileProtocol(own);
  const extended = shippedDescriptions.find(({ name }) => name === base);
  if (extended === undefined) {
    const names = shippedDescriptions.map(({ name }) => name).join(', ');
    throw new ProtocolDescriptionError([
      { at: '/extends', message: `must be a shipped protocol that is described: ${names}` },
    ]);
  }
  return compileProtocol({ ...extended, ...own });
}
