/** What a process uses and may use, in bytes. */
export interface MemoryUse {
  rss: number;
  heapUsed: number;
  heapLimit: number;
}

/** Beyond this share of V8's limit, garbage collection begins to take the time that requests need. */
const fullHeap = 0.9;

/** Why the memory is short, or undefined when there is enough. */
export function memoryWarning(use: MemoryUse, maxRssBytes: number): string | undefined {
  if (use.heapUsed > use.heapLimit * fullHeap) return 'The heap is nearly full';
  if (use.rss > maxRssBytes) return `More than ${maxRssBytes} bytes are resident`;
  return undefined;
}
