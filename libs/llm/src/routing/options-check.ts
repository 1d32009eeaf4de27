import { variableMistakes } from '../protocols/variables.js';
import { llmDefaults, type LlmClientOptions, type RouteOptions } from './llm-options.js';
import { reuseSettings } from '../transport/reuse/endpoint-reuse.js';
import { type TransportOptions } from '../transport/transport-options.js';
import { protocolOf } from './route-protocol.js';

/** The options of a client are invalid. Lists every mistake, but no address, because an address may contain a password. */
export class LlmOptionsError extends Error {
  /** @param mistakes each as `path: what is wrong` */
  constructor(readonly mistakes: readonly string[]) {
    super(
      `The options of the LLM client are invalid:\n${mistakes.map((mistake) => `  ${mistake}`).join('\n')}`,
    );
    this.name = 'LlmOptionsError';
  }
}

/** Validates the options of a client. @throws LlmOptionsError naming every mistake */
export function checkOptions(options: LlmClientOptions): void {
  const mistakes = [...mistakesInRoutes(options), ...mistakesInNumbers(options)];
  if (mistakes.length > 0) throw new LlmOptionsError(mistakes);
}

function mistakesInRoutes(options: LlmClientOptions): string[] {
  const { routes } = options;
  if (routes.length === 0) return ['routes: at least one is needed'];
  return routes.flatMap((route, position) => {
    const { endpoints } = route;
    const path = `routes[${position}]`;
    const protocolMistakes = mistakesInProtocol(route, options).map((mistake) => `${path}.${mistake}`);
    if (endpoints.length === 0) return [...protocolMistakes, `${path}.endpoints: at least one is needed`];
    const endpointMistakes = endpoints.flatMap((endpoint, index) => {
      const { url, weight = 1 } = typeof endpoint === 'string' ? { url: endpoint } : endpoint;
      const name = `${path}.endpoints[${index}]`;
      return [
        ...(isSocketUrl(url) ? [] : [`${name}: must be a ws: or wss: address without a fragment`]),
        ...(weight > 0 ? [] : [`${name}.weight: must be a number above 0`]),
      ];
    });
    return [...protocolMistakes, ...endpointMistakes];
  });
}

function mistakesInProtocol(route: RouteOptions, options: LlmClientOptions): string[] {
  const protocol = protocolOf(route, options);
  if (protocol === undefined) return [`protocol: no protocol is named ${route.protocol as string}`];
  const { requestsPerConnection = 1 } = route;
  return [
    ...variableMistakes(route.credentials, protocol).map(
      ({ name, message }) => `credentials.variables.${name} ${message}`,
    ),
    ...(requestsPerConnection >= 1 ? [] : ['requestsPerConnection: must be a number of at least 1']),
  ];
}

function isSocketUrl(url: string): boolean {
  const { protocol, hash } = URL.parse(url) ?? { protocol: '', hash: '' };
  return (protocol === 'ws:' || protocol === 'wss:') && hash === '';
}

function mistakesInNumbers(options: LlmClientOptions): string[] {
  const { timeouts, retry, breaker, transport, maxAnswerChars } = options;
  return [
    ...belowLeast('timeouts', { ...llmDefaults.timeouts, ...timeouts }, 1),
    ...belowLeast('retry', { ...llmDefaults.retry, ...retry }, 0),
    ...belowLeast('retryBudget', { ...llmDefaults.retryBudget, ...options.retryBudget }, 0),
    ...belowLeast('breaker', { ...llmDefaults.breaker, ...breaker, failureRate: 1 }, 1),
    ...belowLeast('breaker', { failureRate: breaker?.failureRate ?? 0 }, 0),
    ...belowLeast('hedging', { ratio: options.hedging?.ratio ?? 0 }, 0),
    ...mistakesInTransport({ ...llmDefaults.transport, ...transport }),
    ...belowLeast('options', { maxAnswerChars: maxAnswerChars ?? llmDefaults.maxAnswerChars }, 1),
  ];
}

function mistakesInTransport(transport: TransportOptions): string[] {
  const { reuse, maxQueue, settleMs, restMs, ownerShare, ...others } = transport;
  const fromOne = { ...others, secureContext: 1, proxy: 1 };
  return [
    ...belowLeast('transport', fromOne, 1),
    ...belowLeast('transport', { maxQueue, settleMs, restMs }, 0),
    ...(ownerShare > 0 && ownerShare <= 1
      ? []
      : ['transport.ownerShare: must be a number above 0 and at most 1']),
    ...(reuseSettings.includes(reuse) ? [] : [`transport.reuse: must be one of ${reuseSettings.join(', ')}`]),
  ];
}

function belowLeast(group: string, values: Readonly<Record<string, number>>, least: number): string[] {
  return Object.entries(values)
    .filter(([, value]) => !(value >= least))
    .map(([name]) => `${group}.${name}: must be a number of at least ${least}`);
}
