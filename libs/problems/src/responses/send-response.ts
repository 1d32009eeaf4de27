import { type FastifyReply } from 'fastify';
import { type ServerResponse } from 'node:http';

/** What a filter or a middleware has in hand to answer with. */
export type Response = FastifyReply | ServerResponse;

/**
 * Sends status, headers and a body made ready. Never throws: a response that is under way already cannot become an error
 * any more, so it is cut, which a client sees as an incomplete answer.
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
  // `sent` without headers: a controller took the reply over (hijack) and failed before its first byte.
  if ('raw' in response && !response.sent) {
    void response.code(status).headers(headers).send(body);
    return;
  }
  raw.removeHeader('content-length');
  raw.removeHeader('transfer-encoding');
  raw.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
}
