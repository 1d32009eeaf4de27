import { llmDefaults } from '#llm';
import { type LlmConfiguration, type RouteConfiguration } from './configuration.js';
import { type Environment } from './environment.js';
import { type EnvironmentProtocol } from './environment-protocol.js';
import { type LlmFile, type LlmFileRoute } from './llm-file/llm-file.js';
import { type OpenedLlmFile } from './llm-file/open-llm-file.js';
import { milliseconds } from './milliseconds.js';

/** The LLM part of the configuration: from the LLM file, else from the environment, else a default. */
export function llmConfiguration(
  environment: Environment,
  { file, protocolOf }: OpenedLlmFile,
  own: EnvironmentProtocol,
  extraCa: string | undefined,
): LlmConfiguration {
  return {
    urls: distinct([environment.LLM_WEBSOCKET_URL, ...environment.LLM_WEBSOCKET_URLS]),
    fallbackUrls: distinct(environment.LLM_FALLBACK_URLS),
    routes: file?.routes.map((route) => routeOf(route, environment, protocolOf, own)) ?? [],
    fallbackReply: file?.fallback_reply ?? (environment.LLM_FALLBACK_REPLY || undefined),
    apiKey: environment.LLM_API_KEY || undefined,
    apiVersion: environment.LLM_API_VERSION,
    clientId: environment.LLM_CLIENT_ID,
    model: environment.LLM_MODEL_NAME,
    ...own,
    balancer: environment.LLM_BALANCER,
    extraCa,
    proxy: {
      httpsProxy: environment.HTTPS_PROXY || undefined,
      httpProxy: environment.HTTP_PROXY || undefined,
      noProxy: environment.NO_PROXY || undefined,
    },
    multiplex: file?.connections?.multiplex ?? environment.LLM_MULTIPLEX,
    reuse: file?.connections?.reuse ?? environment.LLM_REUSE,
    emptyAnswer: file?.empty_answer ?? environment.LLM_EMPTY_ANSWER,
    ...timeouts(environment, file),
    maxRetries: file?.retry?.max_retries ?? environment.LLM_MAX_RETRIES,
    retryBaseMs: optionalMs(file?.retry?.base) ?? environment.LLM_RETRY_BASE_MS,
    retryMaxMs: optionalMs(file?.retry?.max) ?? environment.LLM_RETRY_MAX_MS,
    retryBudget: retryBudget(file),
    breaker: breaker(file),
    hedging: hedging(environment, file),
    maxConnections: file?.connections?.max ?? environment.LLM_MAX_CONNECTIONS,
    maxQueue: file?.connections?.max_queue ?? environment.LLM_MAX_QUEUE,
    maxTokens: environment.LLM_MAX_TOKENS,
    temperature: environment.LLM_TEMPERATURE,
  };
}

function routeOf(
  route: LlmFileRoute,
  environment: Environment,
  protocolOf: OpenedLlmFile['protocolOf'],
  own: EnvironmentProtocol,
): RouteConfiguration {
  return {
    name: route.name,
    endpoints: route.endpoints.map((endpoint) => ({
      weight: 1,
      ...(typeof endpoint === 'string' ? { url: endpoint } : endpoint),
    })),
    model: route.model ?? environment.LLM_MODEL_NAME,
    ...(route.protocol === undefined
      ? { protocol: own.protocol, variables: { ...own.variables, ...route.variables } }
      : { protocol: protocolOf(route.protocol), variables: route.variables ?? {} }),
    multiplex: route.multiplex,
    reuse: route.reuse,
    emptyAnswer: route.empty_answer,
    balancer: route.balancer ?? environment.LLM_BALANCER,
    apiKey: route.api_key ?? (environment.LLM_API_KEY || undefined),
    apiVersion: route.api_version ?? environment.LLM_API_VERSION,
    clientId: route.client_id ?? environment.LLM_CLIENT_ID,
  };
}

function timeouts(environment: Environment, file: LlmFile | undefined) {
  const seconds = {
    total: environment.LLM_TIMEOUT,
    connect: environment.LLM_CONNECT_TIMEOUT,
    first_token: environment.LLM_FIRST_TOKEN_TIMEOUT,
    idle: environment.LLM_IDLE_TIMEOUT,
    queue: environment.LLM_QUEUE_TIMEOUT,
    ping: environment.LLM_PING_TIMEOUT,
    ...file?.timeouts,
  };
  // A timeout for a part of an answer has no effect above the total.
  const part = (time: number) => milliseconds(Math.min(time, seconds.total));
  return {
    timeoutMs: milliseconds(seconds.total),
    connectTimeoutMs: part(seconds.connect),
    firstTokenTimeoutMs: part(seconds.first_token),
    idleTimeoutMs: part(seconds.idle),
    queueTimeoutMs: part(seconds.queue),
    pingTimeoutMs: milliseconds(seconds.ping),
  };
}

function retryBudget(file: LlmFile | undefined): LlmConfiguration['retryBudget'] {
  const { ratio, floor, perSecond } = llmDefaults.retryBudget;
  const budget = { ratio, floor, per_second: perSecond, ...file?.retry?.budget };
  return { ratio: budget.ratio, floor: budget.floor, perSecond: budget.per_second };
}

function breaker({ breaker: settings = {} }: Partial<LlmFile> = {}): LlmConfiguration['breaker'] {
  const defaults = llmDefaults.breaker;
  return {
    failures: settings.failures ?? defaults.failures,
    failureRate: settings.failure_rate ?? defaults.failureRate,
    minRequests: settings.min_requests ?? defaults.minRequests,
    windowMs: optionalMs(settings.window) ?? defaults.windowMs,
    openMs: optionalMs(settings.open) ?? defaults.openMs,
    maxOpenMs: optionalMs(settings.max_open) ?? defaults.maxOpenMs,
    forgetMs: optionalMs(settings.forget) ?? defaults.forgetMs,
  };
}

function hedging(
  environment: Environment,
  { hedging: settings = {} }: Partial<LlmFile> = {},
): LlmConfiguration['hedging'] {
  return {
    isOn: settings.on ?? environment.LLM_HEDGING,
    ratio: settings.ratio ?? llmDefaults.hedging.ratio,
    minSamples: settings.min_samples ?? llmDefaults.hedging.minSamples,
  };
}

function optionalMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : milliseconds(seconds);
}

/** Removes empty addresses and duplicates, including other spellings (`ws://h` and `ws://h/`). Keeps the order. */
function distinct(addresses: readonly string[]): string[] {
  const byHref = new Map<string, string>();
  for (const address of addresses) {
    const href = URL.parse(address)?.href;
    if (href !== undefined && !byHref.has(href)) byHref.set(href, address);
  }
  return [...byHref.values()];
}
