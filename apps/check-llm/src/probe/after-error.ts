import { ProbeRequest } from '../connection/probe-request.js';
import { RecordedConnection } from '../connection/recorded-connection.js';
import { type CheckedServer } from '../connection/checked-server.js';
import { type AfterErrorFacts } from './facts.js';
import { type ProbeOptions } from './probes.js';
import { failingRequests } from './requests.js';

/**
 * Sends requests that usually fail, until one does, and records the frames after the error. Undefined if all are
 * answered normally; each of those answers is aborted at its first piece.
 */
export async function probeAfterError(
  server: CheckedServer,
  options: ProbeOptions,
): Promise<AfterErrorFacts | undefined> {
  const timeouts = { ...options.timeouts, afterEndMs: 0, afterErrorMs: options.timeouts.afterEndMs };
  for (const request of failingRequests(options)) {
    const connection = await RecordedConnection.open(server, options.connectTimeoutMs);
    const probe = new ProbeRequest(connection, server.protocol, request, timeouts);
    probe.onPiece = () => connection.terminate();
    const { error, errorReach, late } = await probe.answer;
    connection.terminate();
    if (error !== undefined) return { errorCode: error.code, errorReach, late };
  }
  return undefined;
}
