import { type BackpressureOptions, descriptorShares, memoryWithin, softDescriptorLimit } from '#backpressure';
import { llmChain, type Configuration } from '../configuration/index.js';
import { type Logger } from '../logging/logger.js';

/**
 * The limits of responses, streams and connections. Those that are not configured depend on the limit of open files.
 * @param limit the soft limit of open files of the process
 */
export function backpressureOptions(
  { http, database, llm }: Configuration,
  logger: Logger,
  limit = softDescriptorLimit(),
): BackpressureOptions {
  const endpoints = llmChain(llm).reduce((count, route) => count + route.endpoints.length, 0);
  const shares = descriptorShares(limit, database.poolSize + endpoints * llm.maxConnections);
  return {
    stallMs: http.stallTimeoutMs,
    maxConnections: http.maxConnections ?? shares.connections,
    streams: { perOwner: http.maxStreamsPerOwner, perProcess: http.maxStreams ?? shares.streams },
    memory: memoryWithin(http.responseMemoryBytes),
    onStalledReader: (address) =>
      logger.event('info', 'closed the connection of a reader that stalled', { address }),
  };
}
