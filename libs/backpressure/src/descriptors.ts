import { readFileSync } from 'node:fs';

/** Descriptors for files, the listening socket, pipes and libraries. */
const reserved = 128;
/** The fraction of the descriptors for HTTP that event streams may use; the rest is for other requests. */
const streamShare = 0.75;
/** Assumed limit if the system has none. */
const withoutLimit = 10_000;
/** An open event stream uses about 30 KiB, so above this number memory is the scarcer resource. */
const maxStreams = 5_000;

/** Upper bounds of connections and event streams of a process. */
export interface DescriptorShares {
  /** HTTP connections. */
  connections: number;
  /** Event streams among them. */
  streams: number;
}

/** Reads the soft limit of open files of this process; undefined if there is none or it is unknown. */
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
 * Divides the file descriptors, so that enough remain for the work of a request.
 * @param limit the soft limit of open files
 * @param others descriptors for connections to the database and to LLM servers
 */
export function descriptorShares(limit: number | undefined, others: number): DescriptorShares {
  const connections = Math.max(16, (limit ?? withoutLimit) - others - reserved);
  return { connections, streams: Math.min(maxStreams, Math.ceil(connections * streamShare)) };
}
