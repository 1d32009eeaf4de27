import { answerFaults } from './answer-faults.js';
import { type Fault } from './fault.js';
import { networkFaults } from './network-faults.js';

/** What goes wrong on a connection that requests share: everything that can go wrong on one of their own, too. */
export const multiplexedFaults: readonly Fault[] = [...networkFaults, ...answerFaults]
  .filter(({ isHeavy = false }) => !isHeavy)
  .map((fault) => ({
    ...fault,
    name: `${fault.name}, multiplexed`,
    isMultiplexed: true,
    // A frame that names another request reaches nobody, and ours goes on.
    ...(fault.name === 'garbage: foreign-request' ? { verdict: 'harmless', codes: [] } : {}),
  }));
