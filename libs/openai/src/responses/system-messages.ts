import { type SystemMessage } from '#chat';
import { type Question } from '../input/question.js';

/**
 * The system messages of a request, in order, with their places. Conversations store messages of user and assistant, so
 * system messages are part of the request that a run is generated from.
 */
export function systemMessagesOf({ before, reminders }: Question): SystemMessage[] {
  const found: SystemMessage[] = [];
  // Backward from the question, which is one message with those of the user directly before it.
  let count = 1;
  let next = 'user';
  for (const { role, content } of before.toReversed()) {
    if (role === 'system') found.push({ content, before: count });
    else if (role !== next) {
      count += 1;
      next = role;
    }
  }
  return [...found.toReversed(), ...reminders.map((content) => ({ content, before: 0 }))];
}
