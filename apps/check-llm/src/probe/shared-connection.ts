import { LlmClient, LlmError, type LlmRequest } from '#llm';
import { type CheckedServer } from '../connection/checked-server.js';
import { type SharedFacts } from './facts.js';
import { type ProbeOptions } from './probes.js';
import { streamedRequest } from './requests.js';

/** Answers shorter than this do not show whether they were generated at the same time, in milliseconds. */
const shortestComparableMs = 30;

/** Times of one request, on the clock of `performance.now()`. */
interface Timing {
  firstAt: number;
  endAt: number;
  error: LlmError | undefined;
}

/** Sends two requests on one connection at the same time, with the client that Parley itself uses. */
export async function probeShared(server: CheckedServer, options: ProbeOptions): Promise<SharedFacts> {
  const { url, protocol, model, credentials, secureContext } = server;
  const { answerMs, silenceMs } = options.timeouts;
  const client = new LlmClient({
    routes: [{ name: 'checked', endpoints: [url], model, protocol, requestsPerConnection: 2, credentials }],
    retry: { maxRetries: 0 },
    timeouts: { totalMs: answerMs, firstTokenMs: silenceMs, idleMs: silenceMs },
    transport: { maxConnections: 1, connectTimeoutMs: options.connectTimeoutMs, secureContext },
  });
  try {
    const startedAt = performance.now();
    const timings = await Promise.all([
      timed(client, streamedRequest(options)),
      timed(client, streamedRequest(options)),
    ]);
    const errors = timings.flatMap(({ error }) => error ?? []);
    const [a, b] = timings;
    const wasLong = Math.max(a.endAt, b.endAt) - startedAt > shortestComparableMs;
    const overlaps = a.firstAt < b.endAt && b.firstAt < a.endAt;
    return { errors, isConcurrent: errors.length > 0 || !wasLong ? undefined : overlaps };
  } finally {
    client.close();
  }
}

async function timed(client: LlmClient, request: LlmRequest): Promise<Timing> {
  const timing: Timing = { firstAt: Infinity, endAt: Infinity, error: undefined };
  try {
    for await (const event of client.stream(request)) {
      if (event.type === 'delta') timing.firstAt = Math.min(timing.firstAt, performance.now());
    }
  } catch (error) {
    if (!(error instanceof LlmError)) throw error;
    timing.error = error.cause instanceof LlmError ? error.cause : error;
  }
  timing.endAt = performance.now();
  return timing;
}
