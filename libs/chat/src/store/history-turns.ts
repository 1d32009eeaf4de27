import { type LlmMessage } from '#llm';

/** What an LLM gets of a conversation before the user's message. */
export interface EarlierTurns {
  /** Alternate, begin with the user and end with the assistant. */
  messages: LlmMessage[];
  /** Messages of the user without any answer directly before the user's message; it is sent after them. Empty if none. */
  unanswered: string;
}

/** Stands between messages of one role that are sent as one. */
const separator = '\n\n';

/**
 * The newest whole turns within the bounds, in a form that servers with strict chat templates accept: consecutive messages
 * of one role are merged, and an answer whose question is missing is left out.
 * @param newestFirst without answers that failed or are empty, and without their questions
 * @param maxMessages after merging; a turn has two
 * @param maxChars in UTF-16 code units, of all messages together; messages are not truncated
 */
export function earlierTurns(
  newestFirst: readonly LlmMessage[],
  maxMessages: number,
  maxChars: number,
): EarlierTurns {
  const merged = mergeRoles(newestFirst);
  const last = merged[0]?.role === 'user' ? merged.shift()! : undefined;
  let left = maxChars - (last?.content.length ?? 0);
  if (left < 0) return { messages: [], unanswered: '' };
  const messages: LlmMessage[] = [];
  for (let at = 0; at + 1 < merged.length; at += 2) {
    const [answer, question] = [merged[at]!, merged[at + 1]!];
    left -= answer.content.length + question.content.length;
    if (left < 0 || messages.length + 2 > maxMessages) break;
    messages.push(answer, question);
  }
  return { messages: messages.reverse(), unanswered: last?.content ?? '' };
}

/** The user's message, after the messages before it that have no answer. */
export function afterUnanswered(unanswered: string, content: string): string {
  return unanswered === '' ? content : unanswered + separator + content;
}

function mergeRoles(newestFirst: readonly LlmMessage[]): LlmMessage[] {
  const merged: LlmMessage[] = [];
  for (const { role, content } of newestFirst) {
    const newer = merged.at(-1);
    if (newer?.role === role) newer.content = content + separator + newer.content;
    else merged.push({ role, content });
  }
  return merged;
}
