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

/**
 * Requests that servers usually answer with an error: an unknown model, an empty message, an explicit instruction to
 * fail.
 */
export function questionsThatFail({ temperature }: AskingStyle): LlmRequest[] {
  const request = { stream: true, maxTokens: 50, temperature };
  return [
    { ...request, message: 'Say hello.', model: 'parley-check-no-such-model' },
    { ...request, message: '' },
    { ...request, message: 'This is a test of how errors are reported: fail please.' },
  ];
}

/** Two conversations: one contains a word, the other one asks for it. */
export function memoryQuestions({ temperature }: AskingStyle, word: string) {
  const request = { stream: true, maxTokens: 50, temperature };
  const question = `Remember this word: ${word}. Answer with OK.`;
  const message = 'Which word were you asked to remember? Answer with that word alone, or with NONE.';
  const history = [
    { role: 'user', content: question },
    { role: 'assistant', content: 'OK' },
  ] as const;
  return {
    tell: { ...request, message: question } satisfies LlmRequest,
    ask: { ...request, message } satisfies LlmRequest,
    /** The question in a conversation that contains the word. */
    askWithHistory: { ...request, message, history } satisfies LlmRequest,
  };
}

/** No JSON, and no harm. */
export const invalidFrame = '{"parley": "check-llm", "this frame": is broken on purpose';
