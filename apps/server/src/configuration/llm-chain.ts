import { type LlmConfiguration, type RouteConfiguration } from './configuration.js';

/** Whether the primary route is configured. */
export function isLlmConfigured({ routes, urls }: LlmConfiguration): boolean {
  return routes.length > 0 || urls.length > 0;
}

/** The fallback chain, primary route first: the routes of the LLM file, or the one or two routes of the environment. */
export function llmChain(llm: LlmConfiguration): readonly RouteConfiguration[] {
  if (llm.routes.length > 0) return llm.routes;
  const { model, protocol, variables, balancer, apiKey, apiVersion, clientId } = llm;
  const route = (name: string, urls: readonly string[]): RouteConfiguration => ({
    name,
    endpoints: urls.map((url) => ({ url, weight: 1 })),
    model,
    protocol,
    variables,
    multiplex: undefined,
    reuse: undefined,
    emptyAnswer: undefined,
    balancer,
    apiKey,
    apiVersion,
    clientId,
  });
  return [
    route('primary', llm.urls),
    ...(llm.fallbackUrls.length > 0 ? [route('fallback', llm.fallbackUrls)] : []),
  ];
}
