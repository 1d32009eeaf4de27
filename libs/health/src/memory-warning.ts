/** Memory usage and V8's heap limit of a process, in bytes. */
export interface MemoryUse {
  rss: number;
  heapUsed: number;
  heapLimit: number;
}

/** Above this fraction of the heap limit, garbage collection noticeably slows down requests. */
const fullHeap = 0.9;

/** Returns a warning if memory is short, else undefined. */
export function memoryWarning(use: MemoryUse, maxRssBytes: number): string | undefined {
  if (use.heapUsed > use.heapLimit * fullHeap) return 'The heap is nearly full';
  if (use.rss > maxRssBytes) return `More than ${maxRssBytes} bytes are resident`;
  return undefined;
}
