import { randomUUID } from 'node:crypto';
import { LlmClient, LlmError, type LlmRequest } from '#llm';
import { isOneAfterOther } from '../judge/sequence.js';
import { type CheckedServer } from '../connection/checked-server.js';
import { type SharedFacts } from './facts.js';
import { type ProbeOptions } from './probes.js';
import { streamedRequest } from './requests.js';

/** How often two requests are sent before their answers count as one after the other. */
const rounds = 3;

/** Times of one request, in milliseconds since it was sent. */
interface Timing {
  firstMs: number;
  endMs: number;
  error: LlmError | undefined;
}

/** Sends two requests on one connection at the same time, with the client that Parley itself uses. */
export async function probeShared(server: CheckedServer, options: ProbeOptions): Promise<SharedFacts> {
  const { url, protocol, model, credentials, secureContext, proxy } = server;
  const { answerMs, silenceMs } = options.timeouts;
  const client = new LlmClient({
    routes: [{ name: 'checked', endpoints: [url], model, protocol, requestsPerConnection: 2, credentials }],
    retry: { maxRetries: 0 },
    timeouts: { totalMs: answerMs, firstTokenMs: silenceMs, idleMs: silenceMs },
    transport: { maxConnections: 1, connectTimeoutMs: options.connectTimeoutMs, secureContext, proxy },
  });
  try {
    let isSequential = true;
    for (let round = 0; isSequential && round < rounds; round += 1) {
      const [a, b] = await Promise.all([timed(client, options), timed(client, options)]);
      const errors = [a, b].flatMap(({ error }) => error ?? []);
      if (errors.length > 0) return { errors, isConcurrent: undefined };
      isSequential = isOneAfterOther(a, b);
    }
    return { errors: [], isConcurrent: !isSequential };
  } finally {
    client.close();
  }
}

async function timed(client: LlmClient, options: ProbeOptions): Promise<Timing> {
  const request: LlmRequest = { ...streamedRequest(options), conversationId: randomUUID() };
  const startedAt = performance.now();
  const timing: Timing = { firstMs: Infinity, endMs: Infinity, error: undefined };
  try {
    for await (const event of client.stream(request)) {
      if (event.type === 'delta') timing.firstMs = Math.min(timing.firstMs, performance.now() - startedAt);
    }
  } catch (error) {
    if (!(error instanceof LlmError)) throw error;
    timing.error = error.cause instanceof LlmError ? error.cause : error;
  }
  timing.endMs = performance.now() - startedAt;
  return timing;
}
