import { type Balancer } from './balancer.js';
import { LeastLoadedBalancer, type BalancedEndpoint } from './least-loaded-balancer.js';
import { RoundRobinBalancer } from './round-robin-balancer.js';

/** The names of the balancers. `priority` always picks the first healthy endpoint in the order of the configuration. */
export const balancerNames = ['least_loaded', 'round_robin', 'priority'] as const;
/** The name of a balancer. */
export type BalancerName = (typeof balancerNames)[number];

/**
 * Creates a balancer by its name.
 * @param random returns a number in [0, 1)
 */
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
