import {
  guideProtocol,
  llmDefaults,
  systemTrust,
  type LlmModuleOptions,
  type LlmProtocol,
  type RouteOptions,
} from '#llm';
import { llmChain, type LlmConfiguration, type RouteConfiguration } from '../configuration/index.js';

/** Requests that share a connection where the server echoes `request_id`. */
const multiplexedRequests = 32;

const protocols: Record<RouteConfiguration['protocol'], LlmProtocol> = { guide: guideProtocol };

/** The LLM servers of the configuration as a fallback chain, and what bounds them. */
export function llmOptions(llm: LlmConfiguration): LlmModuleOptions {
  const chain = llmChain(llm);
  const isSecure = chain.some(({ endpoints }) => endpoints.some(({ url }) => /^wss:/i.test(url)));
  return {
    routes: chain.map(routeOptions),
    fallbackReply: llm.fallbackReply,
    timeouts: {
      totalMs: llm.timeoutMs,
      firstTokenMs: llm.firstTokenTimeoutMs,
      idleMs: llm.idleTimeoutMs,
      queueMs: llm.queueTimeoutMs,
    },
    retry: { maxRetries: llm.maxRetries, baseMs: llm.retryBaseMs, maxMs: llm.retryMaxMs },
    retryBudget: llm.retryBudget,
    breaker: llm.breaker,
    hedging: llm.hedging,
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

function routeOptions(route: RouteConfiguration): RouteOptions {
  const { name, endpoints, model, protocol, balancer, apiKey, apiVersion, clientId } = route;
  return {
    name,
    endpoints,
    model,
    protocol: protocols[protocol],
    balancer,
    credentials: { apiKey, apiVersion, clientId },
  };
}
