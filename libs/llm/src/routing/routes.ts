import { type Clock } from '../clock.js';
import { withDefaults } from '../protocols/variables.js';
import { endpointSecrets, urlSecrets } from '../redaction/endpoint-secrets.js';
import { SecretRedactor, type SecretsToRedact } from '../redaction/secret-redactor.js';
import { type Dialer } from '../transport/dial/dial.js';
import { publicUrl } from '../transport/dial/endpoint-url.js';
import {
  llmDefaults,
  type LlmClientOptions,
  type RouteOptions,
  type WeightedEndpoint,
} from './llm-options.js';
import { createBalancer } from './balance/create-balancer.js';
import { Endpoint } from './endpoint.js';
import { type PlannedRoute } from './retry/failover-plan.js';
import { type LlmObserver } from './observer.js';
import { RetryBudget } from './retry/retry-budget.js';
import { protocolOf } from './route-protocol.js';
import { TrafficClock } from './balance/traffic-clock.js';

/** The dependencies of a client that tests replace. */
export interface ClientEnvironment {
  clock: Clock;
  /** Returns a number in [0, 1), as `Math.random` does. */
  random: () => number;
  /** Opens WebSockets; default: real ones. */
  dial?: Dialer | undefined;
}

/** A route of a client: interchangeable endpoints with their balancer and retry budget. */
export interface Route extends PlannedRoute<Endpoint> {
  name: string;
}

/** Creates the routes and endpoints of the fallback chain, primary first. Opens no connection. */
export function createRoutes(
  options: LlmClientOptions,
  environment: ClientEnvironment,
  observer: LlmObserver,
): Route[] {
  const { clock, random } = environment;
  const redactor = new SecretRedactor(secretsOfRoutes(options));
  return options.routes.map((route) => {
    const shared = { ...environment, traffic: new TrafficClock(clock.now()) };
    return {
      name: route.name,
      endpoints: route.endpoints.map((endpoint, index) =>
        createEndpoint(
          index,
          typeof endpoint === 'string' ? { url: endpoint } : endpoint,
          route,
          options,
          redactor,
          shared,
          observer,
        ),
      ),
      balancer: createBalancer(route.balancer ?? 'least_loaded', random),
      budget: new RetryBudget({ ...llmDefaults.retryBudget, ...options.retryBudget }, clock.now()),
    };
  });
}

/**
 * The secrets of all endpoints. Every endpoint is redacted with all of them, because a server may repeat the key of another
 * endpoint on the same machine. Protocols must exist: see `checkOptions`.
 */
export function secretsOfRoutes(
  options: Pick<LlmClientOptions, 'routes' | 'protocols' | 'secrets' | 'transport'>,
): SecretsToRedact {
  const found = options.routes.flatMap((route) => {
    const protocol = protocolOf(route, options)!;
    const credentials = withDefaults(route.credentials, protocol);
    return route.endpoints.map((endpoint) =>
      endpointSecrets(typeof endpoint === 'string' ? endpoint : endpoint.url, credentials, protocol),
    );
  });
  const { httpsProxy, httpProxy } = options.transport?.proxy ?? {};
  const proxies = [httpsProxy, httpProxy].flatMap((proxy) => (proxy === undefined ? [] : urlSecrets(proxy)));
  found.push(...proxies);
  return {
    secrets: [...(options.secrets ?? []), ...found.flatMap(({ secrets }) => secrets)],
    accounts: found.flatMap(({ accounts = [] }) => accounts),
  };
}

function createEndpoint(
  index: number,
  { url, weight = 1 }: WeightedEndpoint,
  route: RouteOptions,
  options: LlmClientOptions,
  redactor: SecretRedactor,
  shared: ClientEnvironment & { traffic: TrafficClock },
  observer: LlmObserver,
): Endpoint {
  const protocol = protocolOf(route, options)!;
  const credentials = withDefaults(route.credentials, protocol);
  const transport = { ...llmDefaults.transport, ...options.transport };
  return new Endpoint(
    {
      url,
      name: redactor.redact(publicUrl(url)),
      redactor,
    },
    {
      route: route.name,
      index,
      weight,
      model: route.model,
      protocol,
      credentials,
      emptyAnswer:
        route.emptyAnswer ?? protocol.emptyAnswer ?? options.emptyAnswer ?? llmDefaults.emptyAnswer,
      transport: {
        ...transport,
        requestsPerConnection: route.requestsPerConnection ?? transport.requestsPerConnection,
        reuse: route.reuse ?? transport.reuse,
      },
      breaker: { ...llmDefaults.breaker, ...options.breaker },
      ...shared,
      onReuse: ({ name }, { reuse, reuseReason = '' }) =>
        observer.emit('reuseChanged', name, reuse, reuseReason),
      onUnknownFrame: ({ name }, detail, isFirst) => observer.emit('unknownFrame', name, detail, isFirst),
      onConnection: ({ name }, closedBy) =>
        closedBy === undefined
          ? observer.emit('connectionOpened', name)
          : observer.emit('connectionClosed', name, closedBy.message),
    },
  );
}
