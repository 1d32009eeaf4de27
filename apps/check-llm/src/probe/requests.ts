import { type LlmRequest } from '#llm';

/** Options of every request. */
export interface SamplingOptions {
  temperature: number;
}

/** Token limit of the short requests. */
const maxTokens = 300;

/** A request without streaming, with a short answer. */
export function plainRequest({ temperature }: SamplingOptions): LlmRequest {
  return { message: 'Say hello in one short sentence.', stream: false, maxTokens, temperature };
}

/**
 * A request without streaming to repeat a word. Its quotation marks and its line break would break the JSON of a request
 * that does not escape them.
 */
export function repeatRequest({ temperature }: SamplingOptions, word: string): LlmRequest {
  return { message: `Repeat this, exactly as it is:\n"${word}"`, stream: false, maxTokens, temperature };
}

/** A streamed request whose answer is long enough to arrive in several pieces. */
export function streamedRequest({ temperature }: SamplingOptions): LlmRequest {
  return { message: 'Count from one to twenty, in words.', stream: true, maxTokens, temperature };
}

/** A streamed request whose answer is long enough to be canceled halfway. */
export function longRequest({ temperature }: SamplingOptions): LlmRequest {
  const message = 'Tell a story of five hundred words about a lighthouse.';
  return { message, stream: true, maxTokens: 1000, temperature };
}

/**
 * Requests that servers usually answer with an error: an unknown model, an empty message, an explicit instruction to
 * fail.
 */
export function failingRequests({ temperature }: SamplingOptions): LlmRequest[] {
  const request = { stream: true, maxTokens: 50, temperature };
  return [
    { ...request, message: 'Say hello.', model: 'parley-check-no-such-model' },
    { ...request, message: '' },
    { ...request, message: 'This is a test of how errors are reported: fail please.' },
  ];
}

/** Requests of two conversations: one contains a word, the other one asks for it. They are short, so that even a server
 * that repeats only the end of a prompt shows the word. */
export function memoryRequests({ temperature }: SamplingOptions, word: string) {
  const request = { stream: true, maxTokens: 50, temperature };
  const question = `Remember: ${word}`;
  const message = 'Which word was it?';
  const history = [
    { role: 'user', content: question },
    { role: 'assistant', content: 'OK' },
  ] as const;
  return {
    introduce: { ...request, message: question } satisfies LlmRequest,
    ask: { ...request, message } satisfies LlmRequest,
    /** The same question in a conversation whose history contains the word. */
    askWithHistory: { ...request, message, history } satisfies LlmRequest,
  };
}

/** A frame that is not JSON. */
export const invalidFrame = '{"parley": "check-llm", "this frame": is broken on purpose';
