/**
 * How an answer without text is treated. `retry`: as the failure `empty_answer`, and another endpoint is tried;
 * `accept`: as a valid answer, for servers that send empty answers on purpose.
 */
export type EmptyAnswerPolicy = 'retry' | 'accept';

/** All policies, the default first. */
export const emptyAnswerPolicies: readonly EmptyAnswerPolicy[] = ['retry', 'accept'];

/** Finish reasons of servers that mean: the token limit was reached, or the content was filtered. */
const reasonsForNoText = /length|max.*tokens|content.*(filter|policy)|safety|refus/i;

/**
 * Whether the finish reason explains the missing text. Then another endpoint would do the same, and the caller needs
 * the reason: a reasoning model that used its whole token limit before the first word, or a content filter.
 * @param finishReason in the server's words, at most `maxNameLength` characters
 */
export function explainsNoText(finishReason: string): boolean {
  return reasonsForNoText.test(finishReason);
}
