import { answerFaults } from './answer-faults.js';
import { type Fault } from './fault.js';
import { networkFaults } from './network-faults.js';

/** What may go another way on a connection that requests share: how a connection ends, and what is given up on it. */
const differs =
  /^(reset|FIN in the middle|half open|black hole|drip, too slow|a connection of the pool .*|silence|freeze|close 1006|error internal_error|garbage: foreign-request)$/;

export const multiplexedFaults: readonly Fault[] = [...networkFaults, ...answerFaults]
  .filter(({ name }) => differs.test(name))
  .map((fault) => ({
    ...fault,
    name: `${fault.name}, multiplexed`,
    isMultiplexed: true,
    // A frame that names another request reaches nobody, and ours goes on.
    ...(fault.name === 'garbage: foreign-request' ? { verdict: 'harmless', codes: [] } : {}),
  }));
