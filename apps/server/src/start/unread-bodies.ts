import { transferLimits } from '#chat';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type IncomingMessage } from 'node:http';
import { type Socket } from 'node:net';

/**
 * Most bytes of a body that are received and discarded after its request was answered: the largest body of any route.
 */
const maxDiscardedBytes = transferLimits.maxImportBytes;
/** How long the client may continue sending after the response, in ms. */
const maxDiscardMs = 5_000;

const closing = new WeakSet<Socket>();

/**
 * Whether the connection ends after a request that was answered before its body had arrived. Requests that follow on it are
 * to be ignored (RFC 9112, 9.6).
 */
export function isClosing(request: IncomingMessage): boolean {
  return closing.has(request.socket);
}

/**
 * Ends the connection of every request that is answered before its body has arrived: refused, unknown or too large. What
 * the client still sends is dropped unparsed, up to 64 MiB and 5 s, and then the connection is cut. Without that time the
 * client would see a reset connection instead of its response (RFC 9112, 9.6).
 */
export function closeUnreadBodies(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (request, reply, payload, done) => {
    closeUnreadBody(request, reply);
    done(null, payload);
  });
}

/** As {@link closeUnreadBodies}, for one response that runs no hooks. Call it before the response is sent. */
export function closeUnreadBody({ raw }: FastifyRequest, reply: FastifyReply): void {
  if (!isUnread(raw) || isClosing(raw)) return;
  void reply.header('connection', 'close');
  closing.add(raw.socket);
  discardBody(raw);
}

function isUnread({ complete, headers }: IncomingMessage): boolean {
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  return hasBody && !complete;
}

function discardBody(request: IncomingMessage): void {
  const { socket } = request;
  const close = socket.destroySoon.bind(socket);
  let received = 0;
  let isReceived = false;
  let isAnswered = false;
  request.on('data', (chunk: Buffer) => {
    received += chunk.length;
    if (received <= maxDiscardedBytes) return;
    isReceived = true;
    request.pause();
    if (isAnswered) close();
  });
  request.once('end', () => {
    isReceived = true;
    if (isAnswered) close();
  });
  // Node calls this when the whole response has been handed to the socket.
  socket.destroySoon = () => {
    isAnswered = true;
    if (isReceived) return close();
    socket.end();
    const timer = setTimeout(() => socket.destroy(), maxDiscardMs);
    socket.once('close', () => clearTimeout(timer));
  };
}
