/**
 * How an answer without text is treated. `retry`: as the failure `empty_answer`, so that another endpoint is tried.
 * `accept`: as a valid answer, for servers that send empty answers intentionally.
 */
export type EmptyAnswerPolicy = 'retry' | 'accept';

/** All policies, the default first. */
export const emptyAnswerPolicies: readonly EmptyAnswerPolicy[] = ['retry', 'accept'];

/** Finish reasons for a reached token limit or filtered content. */
const reasonsForNoText = /length|max.*tokens|content.*(filter|policy)|safety|refus/i;

/**
 * Whether the finish reason explains a missing text: a content filter, or a reasoning model that used its whole token
 * limit. Another endpoint would respond in the same way, and the caller needs the reason.
 * @param finishReason the value from the server, at most `maxNameLength` characters
 */
export function explainsNoText(finishReason: string): boolean {
  return reasonsForNoText.test(finishReason);
}
