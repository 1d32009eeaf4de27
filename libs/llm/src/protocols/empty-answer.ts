/**
 * What an answer without text is: `retry`: the failure `empty_answer`, and another endpoint is asked; `accept`: an
 * answer like any other, for servers that mean it.
 */
export type EmptyAnswerPolicy = 'retry' | 'accept';

export const emptyAnswerPolicies: readonly EmptyAnswerPolicy[] = ['retry', 'accept'];

/** Words of servers for: the token limit was reached, or the content was filtered. */
const reasonsForNoText = /length|max.*tokens|content.*(filter|policy)|safety|refus/i;

/**
 * Does the finish reason say why there is no text? Then another endpoint would do the same, and the caller needs the
 * reason: a reasoning model that used its whole token limit before the first word, or a content filter.
 * @param finishReason in the server's words, at most `maxNameLength` characters
 */
export function explainsNoText(finishReason: string): boolean {
  return reasonsForNoText.test(finishReason);
}
