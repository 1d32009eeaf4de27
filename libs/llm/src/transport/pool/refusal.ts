import { isWithinShare, type Owner } from '#fairness';
import { LlmOwnerLimitError, LlmQueueFullError } from '../../errors/connection-errors.js';
import { type TransportOptions } from '../transport-options.js';
import { type WaitQueue } from './wait-queue.js';

/** The occupancy of an endpoint, as it concerns one owner. */
export interface Occupancy<T> {
  endpoint: string;
  waiting: WaitQueue<T>;
  /** Waiting requests, of all owners, for which a connection is being opened. */
  beingOpened: number;
  /** The part of {@link beingOpened} for requests of this owner. */
  ownBeingOpened: number;
  /** Whether a connection has capacity, although not for this owner. */
  hasCapacity: boolean;
}

/**
 * The error for one more request of this owner that has to wait; undefined if it may wait. Requests for which a
 * connection is being opened do not count as waiting.
 */
export function refusal<T>(
  { endpoint, waiting, beingOpened, ownBeingOpened, hasCapacity }: Occupancy<T>,
  owner: Owner,
  { maxQueue, ownerShare }: TransportOptions,
): LlmQueueFullError | undefined {
  const free = maxQueue - Math.max(0, waiting.size - beingOpened);
  if (free <= 0 && !hasCapacity) return new LlmQueueFullError(endpoint, maxQueue);
  if (free > 0 && owner === undefined) return undefined;
  const own = Math.max(0, waiting.sizeOf(owner) - ownBeingOpened);
  return isWithinShare(own, free, ownerShare) ? undefined : new LlmOwnerLimitError(endpoint, own);
}
