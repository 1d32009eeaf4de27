import { type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { control, type ControlAnswer } from './control-api.js';
import { type Controllable } from './controllable.js';

/** Larger than the longest `reply`. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** Serves the control API of a mock on an HTTP server. */
export function serveControl(server: Server, mock: Controllable): void {
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    void answer(mock, request).then(({ status, body, allow }) => {
      response.writeHead(status, {
        'Content-Type': 'application/json',
        ...(allow === undefined ? {} : { Allow: allow }),
      });
      response.end(`${JSON.stringify(body)}\n`);
    });
  });
}

async function answer(mock: Controllable, request: IncomingMessage): Promise<ControlAnswer> {
  const text = await readBody(request);
  if (text === undefined) return { status: 413, body: { error: `At most ${MAX_BODY_BYTES} bytes.` } };
  let body: unknown;
  try {
    body = text === '' ? {} : JSON.parse(text);
  } catch {
    return { status: 400, body: { error: 'The body is not JSON.' } };
  }
  return control(mock, { method: request.method ?? '', target: request.url ?? '', body });
}

/** The body as text; undefined if it is too long, empty if the client disconnects. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of request as AsyncIterable<Buffer>) {
      size += part.length;
      if (size <= MAX_BODY_BYTES) parts.push(part);
    }
  } catch {
    return '';
  }
  return size <= MAX_BODY_BYTES ? Buffer.concat(parts).toString() : undefined;
}
