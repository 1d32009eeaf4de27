import OpenAI, { type ClientOptions } from 'openai';
import { type Stack } from '../harness/stack.js';

/** The official client for the server of a stack, without retries unless `options` say otherwise. */
export function openAiClient(stack: Stack, options: ClientOptions = {}): OpenAI {
  return new OpenAI({ baseURL: `${stack.url}/v1`, apiKey: 'any-key-will-do', maxRetries: 0, ...options });
}
