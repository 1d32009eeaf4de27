import { setTimeout as delay } from 'node:timers/promises';
import { type Evidence } from '../draft/protocol-signs.js';
import { type LlmProtocol } from '#llm';
import { receivedTexts, RecordedConnection } from '../connection/recorded-connection.js';
import { withProtocol, type CheckedServer } from '../connection/checked-server.js';
import { type ProbeOptions } from './probes.js';

/** A protocol that understands nothing, to record frames. */
const unknown: LlmProtocol = { name: 'unknown', encode: () => '', decode: () => ({}) };

/** Records what a server sends before any request. Empty if no connection can be opened. */
export async function listen(server: CheckedServer, options: ProbeOptions): Promise<Evidence> {
  const connection = await RecordedConnection.open(
    withProtocol(unknown, server),
    options.connectTimeoutMs,
  ).catch(() => undefined);
  if (connection === undefined) return { frames: [], closes: [] };
  await delay(options.waits.openMs);
  const { frames, closed } = connection.log;
  connection.close();
  return { frames: receivedTexts(frames), closes: closed === undefined ? [] : [closed] };
}
