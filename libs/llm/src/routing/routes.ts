import { type Clock } from '../clock.js';
import { guideProtocol } from '../protocols/guide.js';
import { publicUrl, secretsOf } from '../transport/endpoint-url.js';
import { RoundRobinBalancer } from './balancer.js';
import { llmDefaults, type LlmClientOptions, type RouteOptions } from './client-options.js';
import { Endpoint } from './endpoint.js';
import { type PlannedRoute } from './failover-plan.js';
import { type LlmObserver } from './observer.js';

/** The fallback chain of the options, with its endpoints; nothing is connected yet. */
export function createRoutes(
  options: LlmClientOptions,
  clock: Clock,
  observer: LlmObserver,
): PlannedRoute<Endpoint>[] {
  return options.routes.map((route) => {
    const endpoints = route.urls.map((url) => createEndpoint(url, route, options, clock, observer));
    return { endpoints, balancer: new RoundRobinBalancer(endpoints) };
  });
}

function createEndpoint(
  url: string,
  route: RouteOptions,
  options: LlmClientOptions,
  clock: Clock,
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
      model: route.model,
      protocol,
      transport: { ...llmDefaults.transport, ...options.transport },
      breaker: { ...llmDefaults.breaker, ...options.breaker },
      clock,
      onConnection: ({ name }, closedBy) =>
        closedBy === undefined
          ? observer.emit('connectionOpened', name)
          : observer.emit('connectionClosed', name, closedBy.message),
    },
  );
}
