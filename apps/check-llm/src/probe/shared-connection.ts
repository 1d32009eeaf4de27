import { LlmClient, LlmError, type LlmRequest } from '#llm';
import { type Server } from '../talk/server.js';
import { type SharedFacts } from './facts.js';
import { type ProbeOptions } from './probes.js';
import { streamedQuestion } from './questions.js';

/** Under this time an answer is over too soon to say what else happened meanwhile, in milliseconds. */
const blinkMs = 30;

interface Told {
  firstAt: number;
  endAt: number;
  error: LlmError | undefined;
}

/** Two requests on one connection, by the client that Parley itself uses. */
export async function probeShared(server: Server, options: ProbeOptions): Promise<SharedFacts> {
  const { url, protocol, model, credentials, secureContext } = server;
  const { answerMs, silenceMs } = options.patience;
  const client = new LlmClient({
    routes: [{ name: 'checked', endpoints: [url], model, protocol, requestsPerConnection: 2, credentials }],
    retry: { maxRetries: 0 },
    timeouts: { totalMs: answerMs, firstTokenMs: silenceMs, idleMs: silenceMs },
    transport: { maxConnections: 1, connectTimeoutMs: options.connectTimeoutMs, secureContext },
  });
  try {
    const startedAt = performance.now();
    const told = await Promise.all([
      tell(client, streamedQuestion(options)),
      tell(client, streamedQuestion(options)),
    ]);
    const errors = told.flatMap(({ error }) => error ?? []);
    const [a, b] = told;
    const wasLong = Math.max(a.endAt, b.endAt) - startedAt > blinkMs;
    const overlaps = a.firstAt < b.endAt && b.firstAt < a.endAt;
    return { errors, isSideBySide: errors.length > 0 || !wasLong ? undefined : overlaps };
  } finally {
    client.close();
  }
}

async function tell(client: LlmClient, request: LlmRequest): Promise<Told> {
  const told: Told = { firstAt: Infinity, endAt: Infinity, error: undefined };
  try {
    for await (const event of client.stream(request)) {
      if (event.type === 'delta') told.firstAt = Math.min(told.firstAt, performance.now());
    }
  } catch (error) {
    if (!(error instanceof LlmError)) throw error;
    told.error = error.cause instanceof LlmError ? error.cause : error;
  }
  told.endAt = performance.now();
  return told;
}
