import { type MemoryBudgetOptions } from './memory-budget.js';
import { type StreamSlotsOptions } from './stream-slots.js';

/** Injection token of the {@link BackpressureOptions}. */
export const BACKPRESSURE_OPTIONS = Symbol('BACKPRESSURE_OPTIONS');

/** Options of {@link BackpressureModule}. */
export interface BackpressureOptions {
  /** The connection of a reader that reads no byte for this long is closed, in ms. */
  stallMs: number;
  /** Upper bound of HTTP connections served at once. */
  maxConnections: number;
  /** Bounds of open event streams. */
  streams: StreamSlotsOptions;
  /** Memory for responses in progress, except event streams. */
  memory: MemoryBudgetOptions;
  /** Called after the connection of a stalled reader was closed, with the reader's IP address. */
  onStalledReader?: (address: string | undefined) => void;
}

/** Default bounds of this module. */
export const backpressureDefaults = {
  stallMs: 30_000,
  streamsPerOwner: 100,
  /** Memory for responses of all owners, in bytes. */
  responseBytes: 128 * 1024 * 1024,
  /** One owner may use 1 / `ownerShare` of the memory. */
  ownerShare: 4,
  /** Requests of one owner that may wait for memory. */
  maxWaiting: 100,
  /** Upper bound of the wait for memory, in ms. */
  waitMs: 10_000,
} as const;

/** Upper bound of text and metadata on one page of a list, in bytes. A larger first item is a page of its own. */
export const pageBytes = 8 * 1024 * 1024;

/** Returns the memory bounds for a process that may hold `processBytes` of responses. */
export function memoryWithin(processBytes: number): MemoryBudgetOptions {
  const { ownerShare, maxWaiting, waitMs } = backpressureDefaults;
  return { ownerBytes: Math.ceil(processBytes / ownerShare), processBytes, maxWaiting, waitMs };
}
