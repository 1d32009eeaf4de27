/** Characters of every token but the first, which has no space before it. */
export const tokenChars = 9;

/**
 * What the mock LLM is told to answer: every token says which answer it belongs to and where in it, so that a token
 * lost, doubled, moved, or given to another stream cannot go unseen. All tokens are of one length.
 * @param answer 0..999
 */
export function answerText(answer: number, tokens: number): string {
  return Array.from({ length: tokens }, (_, token) => `${pad(answer, 3)}x${pad(token, 4)}`).join(' ');
}

/** Whole tokens in the first so many characters of an answer. */
export function tokensIn(chars: number): number {
  return Math.floor((chars + 1) / tokenChars);
}

function pad(number: number, digits: number): string {
  return String(number).padStart(digits, '0');
}
