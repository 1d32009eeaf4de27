import { type LlmProtocol } from '#llm';
import { RecordedConnection } from '../connection/recorded-connection.js';
import { withProtocol, type CheckedServer } from '../connection/checked-server.js';
import { mapConcurrently } from './map-concurrently.js';
import { type ProbeOptions } from './probes.js';

/** Paths at which LLM servers and web frameworks usually have a WebSocket. */
const usualPaths = [
  '/ws',
  '/chat',
  '/ws/chat',
  '/api/chat',
  '/api/ws',
  '/websocket',
  '/api/websocket',
  '/v1/realtime',
  '/v1/responses',
  '/api/v1/stream',
  '/graphql',
  '/queue/join',
  '/cable',
  '/socket/websocket?vsn=2.0.0',
  '/socket.io/?EIO=4&transport=websocket',
];

/** Most connections at once. */
const concurrency = 5;

const unknown: LlmProtocol = { name: 'unknown', encode: () => '', decode: () => ({}) };

/** The addresses of this server at which a WebSocket opens. */
export async function openPaths(server: CheckedServer, options: ProbeOptions): Promise<string[]> {
  const results = await mapConcurrently(
    concurrency,
    usualPaths,
    async (path) => {
      const url = new URL(path, server.url).href;
      const there = withProtocol(unknown, { ...server, url });
      const connection = await RecordedConnection.open(there, options.connectTimeoutMs).catch(
        () => undefined,
      );
      connection?.terminate();
      return connection === undefined ? undefined : new URL(path, server.name).href;
    },
    () => false,
  );
  return results.flatMap(({ result }) => result ?? []);
}
