import { Asking } from '../talk/ask.js';
import { Line } from '../talk/line.js';
import { type Server } from '../talk/server.js';
import { type AfterErrorFacts } from './facts.js';
import { type ProbeOptions } from './probes.js';
import { questionsThatFail } from './questions.js';

/**
 * Sends requests that usually fail, until one does, and watches what follows the error. Undefined if all are answered
 * normally; each of those answers is aborted at its first piece.
 */
export async function probeAfterError(
  server: Server,
  options: ProbeOptions,
): Promise<AfterErrorFacts | undefined> {
  const patience = { ...options.patience, afterEndMs: 0, afterErrorMs: options.patience.afterEndMs };
  for (const request of questionsThatFail(options)) {
    const line = await Line.open(server, options.connectTimeoutMs);
    const asking = new Asking(line, server.protocol, request, patience);
    asking.onPiece = () => line.cut();
    const { error, errorReach, late } = await asking.answer;
    line.cut();
    if (error !== undefined) return { errorCode: error.code, errorReach, late };
  }
  return undefined;
}
