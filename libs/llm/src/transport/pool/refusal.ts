import { isWithinShare, type Owner } from '#fairness';
import { LlmOwnerLimitError, LlmQueueFullError } from '../../errors/connection-errors.js';
import { type TransportOptions } from '../transport-options.js';
import { type WaitQueue } from './wait-queue.js';

/** How full an endpoint is for one owner. */
export interface Occupancy<T> {
  endpoint: string;
  waiting: WaitQueue<T>;
  /** Waiting requests, of all owners, for which a connection is being opened. */
  coming: number;
  /** Those of this owner among them. */
  ownComing: number;
  /** A connection could serve one more request, though not of this owner. */
  hasRoom: boolean;
}

/**
 * The error for one more request of this owner that would have to wait; undefined if it may wait. Requests for which a
 * connection is being opened do not count as waiting.
 */
export function refusal<T>(
  { endpoint, waiting, coming, ownComing, hasRoom }: Occupancy<T>,
  owner: Owner,
  { maxQueue, ownerShare }: TransportOptions,
): LlmQueueFullError | undefined {
  const free = maxQueue - Math.max(0, waiting.size - coming);
  if (free <= 0 && !hasRoom) return new LlmQueueFullError(endpoint, maxQueue);
  if (free > 0 && owner === undefined) return undefined;
  const own = Math.max(0, waiting.sizeOf(owner) - ownComing);
  return isWithinShare(own, free, ownerShare) ? undefined : new LlmOwnerLimitError(endpoint, own);
}
