import { type MemoryBudgetOptions } from './memory-budget.js';
import { type StreamSlotsOptions } from './stream-slots.js';

/** Injection token of the {@link BackpressureOptions}. */
export const BACKPRESSURE_OPTIONS = Symbol('BACKPRESSURE_OPTIONS');

/** What the application decides about responses and their readers. */
export interface BackpressureOptions {
  /** A reader that takes no byte for so many milliseconds is cut. */
  stallMs: number;
  /** HTTP connections that are served at once. */
  maxConnections: number;
  streams: StreamSlotsOptions;
  /** Memory for responses that are under way, without event streams. */
  memory: MemoryBudgetOptions;
  /** Called after a reader was cut, with its address. */
  onCut?: (address: string | undefined) => void;
}

/** The one place where this room's defaults stand. */
export const backpressureDefaults = {
  stallMs: 30_000,
  streamsPerOwner: 100,
  /** Of all owners together. */
  responseBytes: 128 * 1024 * 1024,
  /** The part of it that one owner may have. */
  ownerShare: 4,
  maxWaiting: 100,
  waitMs: 10_000,
} as const;

/** Bytes of text and metadata on one page of a list, but for a first item that is larger. */
export const pageBytes = 8 * 1024 * 1024;

/** The bounds for a process that may hold so many bytes of responses. */
export function memoryWithin(processBytes: number): MemoryBudgetOptions {
  const { ownerShare, maxWaiting, waitMs } = backpressureDefaults;
  return { ownerBytes: Math.ceil(processBytes / ownerShare), processBytes, maxWaiting, waitMs };
}
