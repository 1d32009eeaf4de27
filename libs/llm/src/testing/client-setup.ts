import { type LlmClient } from '../routing/llm-client.js';
import { type CallOptions } from '../routing/call.js';
import { type LlmClientOptions } from '../routing/llm-options.js';
import { type AttemptRecord, type LlmCompletion, type LlmEvent } from '../routing/llm-event.js';
import { type LlmRequest } from '../protocols/protocol.js';

export const credentials = { apiKey: 'sk-secret', apiVersion: 'v1', clientId: 'chatbot-client' };

/** A chain of routes, each of one or more addresses; short waits, and no quiet periods of connections. */
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

/** Everything that a streamed request came to. */
export interface CollectedAnswer {
  /** The joined deltas since the last restart. */
  text: string;
  deltas: number;
  restarts: string[];
  attempts: AttemptRecord[];
  completion: LlmCompletion | undefined;
  error: unknown;
}

/** Reads a whole answer, error included. `onEvent` sees each event as it comes. */
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
