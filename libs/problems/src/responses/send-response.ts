import { type FastifyReply } from 'fastify';
import { type ServerResponse } from 'node:http';

/** The response object of a filter (Fastify's) or of middleware (Node's). */
export type Response = FastifyReply | ServerResponse;

/**
 * Sends status, headers and an encoded body. Never throws. A response whose headers were already sent cannot become an
 * error response; its connection is closed, which the client sees as an incomplete response.
 */
export function sendResponse(
  response: Response,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
): void {
  const raw = 'raw' in response ? response.raw : response;
  if (raw.headersSent || raw.destroyed || raw.writableEnded) {
    if (!raw.writableEnded) raw.destroy();
    return;
  }
  // `sent` without headers: a controller hijacked the reply and failed before its first byte.
  if ('raw' in response && !response.sent) {
    void response.code(status).headers(headers).send(body);
    return;
  }
  raw.removeHeader('content-length');
  raw.removeHeader('transfer-encoding');
  raw.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
}
