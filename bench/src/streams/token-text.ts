/** The length of a token with the space before it. The first token has no space. */
export const tokenChars = 9;

/**
 * An answer of the mock LLM. Every token has the number of the answer and its own, so that a lost, repeated, moved or misdelivered
 * token is detected. All tokens have the same length.
 * @param answer its number, 0 to 999
 * @param tokens at most 10,000
 */
export function answerText(answer: number, tokens: number): string {
  return Array.from({ length: tokens }, (_, token) => `${pad(answer, 3)}x${pad(token, 4)}`).join(' ');
}

/** How many complete tokens the first `chars` characters of an answer have. */
export function tokensIn(chars: number): number {
  return Math.floor((chars + 1) / tokenChars);
}

function pad(number: number, digits: number): string {
  return String(number).padStart(digits, '0');
}
