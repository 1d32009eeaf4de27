import { readFileSync } from 'node:fs';

/** Descriptors for files, the listening socket, pipes and what libraries open. */
const reserve = 128;
/** The part of the descriptors for HTTP that event streams may use; the rest is for other requests. */
const streamShare = 0.75;
/** Used if the system has no limit. */
const withoutLimit = 10_000;
/** An open event stream costs some 30 KiB: beyond that memory is the bound, not descriptors. */
const mostStreams = 5_000;

/** How many connections and event streams a process may have open. */
export interface DescriptorShares {
  /** HTTP connections. */
  connections: number;
  /** Event streams among them. */
  streams: number;
}

/** The soft limit of open files of this process; undefined where the system names none. */
export function softDescriptorLimit(
  read = (): string => readFileSync('/proc/self/limits', 'latin1'),
): number | undefined {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(read()) ?? [];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}

/**
 * Divides the descriptors so that none is missing when a request needs one for its work.
 * @param limit the soft limit of open files
 * @param others descriptors for connections to the database and to LLM servers
 */
export function descriptorShares(limit: number | undefined, others: number): DescriptorShares {
  const connections = Math.max(16, (limit ?? withoutLimit) - others - reserve);
  return { connections, streams: Math.min(mostStreams, Math.ceil(connections * streamShare)) };
}
