import { type LlmClient } from '../routing/llm-client.js';
import { type CallOptions } from '../routing/call.js';
import { type LlmClientOptions } from '../routing/llm-options.js';
import { type AttemptRecord, type LlmCompletion, type LlmEvent } from '../routing/llm-event.js';
import { type LlmRequest } from '../protocols/protocol.js';

/** Credentials for specs. */
export const credentials = { apiKey: 'sk-secret', apiVersion: 'v1', clientId: 'chatbot-client' };

/**
 * The options of a client with round robin, short backoffs, and connections that are reused immediately.
 * @param routes the addresses of each route
 */
export function clientOptions(routes: readonly (readonly string[])[], more: Partial<LlmClientOptions> = {}) {
  return {
    routes: routes.map((urls, index) => ({
      name: `route${index + 1}`,
      endpoints: urls,
      balancer: 'round_robin' as const,
      model: `m${index + 1}`,
      credentials,
    })),
    ...more,
    transport: { reuse: 'always', settleMs: 0, ...more.transport },
    retry: { baseMs: 2, maxMs: 5, ...more.retry },
  } satisfies LlmClientOptions;
}

/** The result of a streamed request. */
export interface CollectedAnswer {
  /** The joined deltas since the last restart. */
  text: string;
  /** The number of deltas. */
  deltas: number;
  /** The reasons of the restarts. */
  restarts: string[];
  attempts: AttemptRecord[];
  completion: LlmCompletion | undefined;
  error: unknown;
}

/**
 * Reads a complete answer. Resolves even if the request fails.
 * @param onEvent called with each event as it arrives
 */
export async function collectAnswer(
  client: LlmClient,
  request: LlmRequest,
  options?: CallOptions,
  onEvent: (event: LlmEvent) => void = () => undefined,
): Promise<CollectedAnswer> {
  const result: CollectedAnswer = {
    text: '',
    deltas: 0,
    restarts: [],
    attempts: [],
    completion: undefined,
    error: undefined,
  };
  const read = async (): Promise<void> => {
    for await (const event of client.stream(request, options)) {
      if (event.type === 'delta') {
        result.text += event.text;
        result.deltas += 1;
      } else if (event.type === 'restart') {
        result.text = '';
        result.restarts.push(event.reason);
      } else if (event.type === 'attempt') result.attempts.push(event.attempt);
      else result.completion = event.completion;
      onEvent(event);
    }
  };
  await read().catch((error: unknown) => (result.error = error));
  return result;
}
