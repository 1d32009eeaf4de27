import { llmDefaults, systemTrust, type LlmModuleOptions, type RouteOptions } from '#llm';
import { type LlmConfiguration } from '../configuration/index.js';

/** Requests that share a connection where the server echoes `request_id`. */
const multiplexedRequests = 32;

/** The environment's LLM servers as a fallback chain: one route, and a second one if it was given. */
export function llmOptions(llm: LlmConfiguration): LlmModuleOptions {
  const route = (name: string, urls: readonly string[]): RouteOptions => ({
    name,
    endpoints: urls,
    model: llm.model,
    credentials: { apiKey: llm.apiKey, apiVersion: llm.apiVersion, clientId: llm.clientId },
  });
  const isSecure = [...llm.urls, ...llm.fallbackUrls].some((url) => url.startsWith('wss:'));
  return {
    routes: [
      route('primary', llm.urls),
      ...(llm.fallbackUrls.length > 0 ? [route('fallback', llm.fallbackUrls)] : []),
    ],
    fallbackReply: llm.fallbackReply,
    timeouts: {
      totalMs: llm.timeoutMs,
      firstTokenMs: llm.firstTokenTimeoutMs,
      idleMs: llm.idleTimeoutMs,
    },
    retry: { maxRetries: llm.maxRetries, baseMs: llm.retryBaseMs, maxMs: llm.retryMaxMs },
    transport: {
      ...llmDefaults.transport,
      maxConnections: llm.maxConnections,
      maxQueue: llm.maxQueue,
      connectTimeoutMs: llm.connectTimeoutMs,
      requestsPerConnection: llm.multiplex ? multiplexedRequests : 1,
      secureContext: isSecure ? systemTrust(llm.extraCa) : undefined,
    },
  };
}
