import { answerFaults } from './answer-faults.js';
import { type Fault } from './fault.js';
import { networkFaults } from './network-faults.js';

/** The faults of shared connections: the same as those of dedicated ones. */
export const multiplexedFaults: readonly Fault[] = [...networkFaults, ...answerFaults]
  .filter(({ isHeavy = false }) => !isHeavy)
  .map((fault) => ({
    ...fault,
    name: `${fault.name}, multiplexed`,
    isMultiplexed: true,
    // A frame with the id of another request is dropped, and the answer continues.
    ...(fault.name === 'garbage: foreign-request' ? { effect: 'harmless', codes: [] } : {}),
  }));
