export { FairGate, type FairGateOptions, type Refusal } from './fair-gate.js';
export { FairQueue } from './fair-queue.js';
export { defaultShare, FairShares, isWithinShare, type Owner } from './fair-shares.js';
