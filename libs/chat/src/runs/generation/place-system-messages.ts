import { type LlmMessage } from '#llm';
import { type SystemMessage } from '../../model/generation-request.js';

/**
 * Inserts the system messages of a request into the history.
 * @param history alternating messages of user and assistant
 */
export function placeSystemMessages(
  history: readonly LlmMessage[],
  systemMessages: readonly SystemMessage[],
): LlmMessage[] {
  const placed: LlmMessage[] = [];
  let at = 0;
  for (const { content, before } of systemMessages) {
    // The message of the user is not in the history.
    const end = history.length + 1 - before;
    while (at < Math.min(end, history.length)) placed.push(history[at++]!);
    if (before > 0) placed.push({ role: 'system', content });
  }
  return [...placed, ...history.slice(at)];
}

/** The texts of system messages that follow the message of the user. */
export function remindersOf(systemMessages: readonly SystemMessage[]): string[] {
  return systemMessages.flatMap(({ content, before }) => (before === 0 ? [content] : []));
}
