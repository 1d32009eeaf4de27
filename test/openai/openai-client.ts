import OpenAI, { type ClientOptions } from 'openai';
import { type Stack } from '../harness/stack.js';

/** The official client, pointed at a server of ours. It never asks twice, so that errors show as they are. */
export function openAiClient(stack: Stack, options: ClientOptions = {}): OpenAI {
  return new OpenAI({ baseURL: `${stack.url}/v1`, apiKey: 'any-key-will-do', maxRetries: 0, ...options });
}
