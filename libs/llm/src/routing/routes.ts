import { type Clock } from '../clock.js';
import { withDefaults } from '../protocols/variables.js';
import { publicUrl, secretsOf } from '../transport/dial/endpoint-url.js';
import {
  llmDefaults,
  type LlmClientOptions,
  type RouteOptions,
  type WeightedEndpoint,
} from './client-options.js';
import { createBalancer } from './balance/create-balancer.js';
import { Endpoint } from './endpoint.js';
import { type PlannedRoute } from './retry/failover-plan.js';
import { type LlmObserver } from './observer.js';
import { RetryBudget } from './retry/retry-budget.js';
import { protocolOf } from './route-protocol.js';
import { TrafficTime } from './balance/traffic-time.js';

/** What comes from outside, so that tests decide it. */
export interface ClientEnvironment {
  clock: Clock;
  /** A number in [0, 1). */
  random: () => number;
}

/** Endpoints that answer interchangeably, as a plan and a report see them. */
export interface Route extends PlannedRoute<Endpoint> {
  name: string;
}

/** The fallback chain of the options, with its endpoints; nothing is connected yet. */
export function createRoutes(
  options: LlmClientOptions,
  environment: ClientEnvironment,
  observer: LlmObserver,
): Route[] {
  const { clock, random } = environment;
  return options.routes.map((route) => {
    const shared = { ...environment, traffic: new TrafficTime(clock.now()) };
    return {
      name: route.name,
      endpoints: route.endpoints.map((endpoint) =>
        createEndpoint(
          typeof endpoint === 'string' ? { url: endpoint } : endpoint,
          route,
          options,
          shared,
          observer,
        ),
      ),
      balancer: createBalancer(route.balancer ?? 'least_loaded', random),
      budget: new RetryBudget({ ...llmDefaults.retryBudget, ...options.retryBudget }, clock.now()),
    };
  });
}

function createEndpoint(
  { url, weight = 1 }: WeightedEndpoint,
  route: RouteOptions,
  options: LlmClientOptions,
  shared: ClientEnvironment & { traffic: TrafficTime },
  observer: LlmObserver,
): Endpoint {
  const protocol = protocolOf(route, options)!;
  const credentials = withDefaults(route.credentials, protocol);
  const transport = { ...llmDefaults.transport, ...options.transport };
  return new Endpoint(
    {
      url,
      name: publicUrl(url),
      secrets: secretsOf(url, credentials, protocol),
    },
    {
      route: route.name,
      weight,
      model: route.model,
      protocol,
      credentials,
      emptyAnswer:
        route.emptyAnswer ?? protocol.emptyAnswer ?? options.emptyAnswer ?? llmDefaults.emptyAnswer,
      transport: {
        ...transport,
        requestsPerConnection: route.requestsPerConnection ?? transport.requestsPerConnection,
      },
      breaker: { ...llmDefaults.breaker, ...options.breaker },
      ...shared,
      onConnection: ({ name }, closedBy) =>
        closedBy === undefined
          ? observer.emit('connectionOpened', name)
          : observer.emit('connectionClosed', name, closedBy.message),
    },
  );
}
