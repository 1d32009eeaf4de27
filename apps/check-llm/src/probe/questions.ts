import { type LlmRequest } from '#llm';

/** What is asked of everyone in the same way. */
export interface AskingStyle {
  temperature: number;
}

const maxTokens = 300;

/** Short, and harmless. */
export function plainQuestion({ temperature }: AskingStyle): LlmRequest {
  return { message: 'Say hello in one short sentence.', stream: false, maxTokens, temperature };
}

/** Long enough to come in pieces. */
export function streamedQuestion({ temperature }: AskingStyle): LlmRequest {
  return { message: 'Count from one to twenty, in words.', stream: true, maxTokens, temperature };
}

/** Long enough to be stopped on the way. */
export function longQuestion({ temperature }: AskingStyle): LlmRequest {
  const message = 'Tell a story of five hundred words about a lighthouse.';
  return { message, stream: true, maxTokens: 1000, temperature };
}

/** No JSON, and no harm. */
export const invalidFrame = '{"parley": "check-llm", "this frame": is broken on purpose';
