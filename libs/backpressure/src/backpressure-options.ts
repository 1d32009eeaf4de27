import { type MemoryBudgetOptions } from './memory-budget.js';
import { type StreamSlotsOptions } from './stream-slots.js';

/** Injection token of the {@link BackpressureOptions}. */
export const BACKPRESSURE_OPTIONS = Symbol('BACKPRESSURE_OPTIONS');

/** What the application decides about responses and their readers. */
export interface BackpressureOptions {
  /** The connection of a reader that reads no byte for so many milliseconds is closed. */
  stallMs: number;
  /** HTTP connections that are served at once. */
  maxConnections: number;
  streams: StreamSlotsOptions;
  /** Memory for responses in progress, without event streams. */
  memory: MemoryBudgetOptions;
  /** Called after a stalled reader's connection was closed, with its address. */
  onCut?: (address: string | undefined) => void;
}

/** The defaults of this module. */
export const backpressureDefaults = {
  stallMs: 30_000,
  streamsPerOwner: 100,
  /** Of all owners together. */
  responseBytes: 128 * 1024 * 1024,
  /** The divisor: one owner may have a quarter of it. */
  ownerShare: 4,
  maxWaiting: 100,
  waitMs: 10_000,
} as const;

/** Most bytes of text and metadata on one page of a list; a first item that is larger stands alone. */
export const pageBytes = 8 * 1024 * 1024;

/** The memory bounds for a process that may hold `processBytes` of responses. */
export function memoryWithin(processBytes: number): MemoryBudgetOptions {
  const { ownerShare, maxWaiting, waitMs } = backpressureDefaults;
  return { ownerBytes: Math.ceil(processBytes / ownerShare), processBytes, maxWaiting, waitMs };
}
