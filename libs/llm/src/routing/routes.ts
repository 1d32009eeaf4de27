import { type Clock } from '../clock.js';
import { guideProtocol } from '../protocols/guide.js';
import { publicUrl, secretsOf } from '../transport/endpoint-url.js';
import {
  llmDefaults,
  type LlmClientOptions,
  type RouteOptions,
  type WeightedEndpoint,
} from './client-options.js';
import { createBalancer } from './create-balancer.js';
import { Endpoint } from './endpoint.js';
import { type PlannedRoute } from './failover-plan.js';
import { type LlmObserver } from './observer.js';
import { RetryBudget } from './retry-budget.js';

/** What comes from outside, so that tests decide it. */
export interface ClientEnvironment {
  clock: Clock;
  /** A number in [0, 1). */
  random: () => number;
}

/** The fallback chain of the options, with its endpoints; nothing is connected yet. */
export function createRoutes(
  options: LlmClientOptions,
  environment: ClientEnvironment,
  observer: LlmObserver,
): PlannedRoute<Endpoint>[] {
  return options.routes.map((route) => ({
    endpoints: route.endpoints.map((endpoint) =>
      createEndpoint(
        typeof endpoint === 'string' ? { url: endpoint } : endpoint,
        route,
        options,
        environment,
        observer,
      ),
    ),
    balancer: createBalancer(route.balancer ?? 'least_loaded', environment.random),
    budget: new RetryBudget({ ...llmDefaults.retryBudget, ...options.retryBudget }, environment.clock.now()),
  }));
}

function createEndpoint(
  { url, weight = 1 }: WeightedEndpoint,
  route: RouteOptions,
  options: LlmClientOptions,
  { clock, random }: ClientEnvironment,
  observer: LlmObserver,
): Endpoint {
  const protocol = route.protocol ?? guideProtocol;
  return new Endpoint(
    {
      url,
      name: publicUrl(url),
      headers: () => protocol.headers(route.credentials),
      secrets: secretsOf(url, route.credentials.apiKey),
    },
    {
      route: route.name,
      weight,
      model: route.model,
      protocol,
      transport: { ...llmDefaults.transport, ...options.transport },
      breaker: { ...llmDefaults.breaker, ...options.breaker },
      clock,
      random,
      onConnection: ({ name }, closedBy) =>
        closedBy === undefined
          ? observer.emit('connectionOpened', name)
          : observer.emit('connectionClosed', name, closedBy.message),
    },
  );
}
