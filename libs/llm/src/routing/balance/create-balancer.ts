import { type Balancer } from './balancer.js';
import { LeastLoadedBalancer, type BalancedEndpoint } from './least-loaded-balancer.js';
import { RoundRobinBalancer } from './round-robin-balancer.js';

export const balancerNames = ['least_loaded', 'round_robin', 'priority'] as const;
export type BalancerName = (typeof balancerNames)[number];

/** `priority` asks the first one of the configuration that is in good health. */
export function createBalancer<T extends BalancedEndpoint>(
  name: BalancerName,
  random: () => number,
): Balancer<T> {
  switch (name) {
    case 'least_loaded':
      return new LeastLoadedBalancer(random);
    case 'round_robin':
      return new RoundRobinBalancer();
    case 'priority':
      return { pick: (candidates) => candidates[0]! };
  }
}
