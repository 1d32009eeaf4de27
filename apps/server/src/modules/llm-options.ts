import { describedProtocol, llmDefaults, systemTrust, type LlmClientOptions, type RouteOptions } from '#llm';
import { llmChain, type LlmConfiguration, type RouteConfiguration } from '../configuration/index.js';

/** Requests per connection if the server repeats request ids in its frames and the protocol allows multiplexing. */
const multiplexedRequests = 32;

/**
 * The options of `LlmModule`: the fallback chain, timeouts and limits.
 * @param ownerShare the part of connections and of the queue that one owner may hold, above 0 and up to 1
 */
export function llmOptions(
  llm: LlmConfiguration,
  ownerShare: number = llmDefaults.transport.ownerShare,
): LlmClientOptions {
  const chain = llmChain(llm);
  const isSecure = chain.some(({ endpoints }) => endpoints.some(({ url }) => /^wss:/i.test(url)));
  return {
    routes: llmRoutes(llm),
    fallbackReply: llm.fallbackReply,
    emptyAnswer: llm.emptyAnswer,
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
      ownerShare,
      connectTimeoutMs: llm.connectTimeoutMs,
      pingTimeoutMs: llm.pingTimeoutMs,
      requestsPerConnection: requestsPerConnection(llm.multiplex),
      reuse: llm.reuse,
      proxy: llm.proxy,
      secureContext: isSecure ? systemTrust(llm.extraCa) : undefined,
    },
  };
}

/** The fallback chain, with its protocols. */
export function llmRoutes(llm: LlmConfiguration): RouteOptions[] {
  return llmChain(llm).map(routeOptions);
}

function routeOptions(route: RouteConfiguration): RouteOptions {
  const { name, endpoints, model, protocol, variables, multiplex, reuse, balancer, emptyAnswer } = route;
  const { apiKey, apiVersion, clientId } = route;
  return {
    name,
    endpoints,
    model,
    protocol: typeof protocol === 'string' ? protocol : describedProtocol(protocol),
    requestsPerConnection: multiplex === undefined ? undefined : requestsPerConnection(multiplex),
    reuse,
    balancer,
    emptyAnswer,
    credentials: { apiKey, apiVersion, clientId, variables },
  };
}

function requestsPerConnection(multiplex: boolean): number {
  return multiplex ? multiplexedRequests : 1;
}
