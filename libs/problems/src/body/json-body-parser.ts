import { type FastifyRequest } from 'fastify';
import { type Readable } from 'node:stream';
import { payloadTooLarge } from '../responses/problem-factories.js';
import { type JsonBounds } from './json-bounds.js';
import { JsonShapeScanner } from './json-shape-scanner.js';

/** Set by `@RouteConfig(streamedBody)`: the handler reads the body itself, as a stream, with bounds of its own. */
export const streamedBody = { isBodyStreamed: true } as const;

/** Receives the body, or the reason why there is none. */
type Done = (error: Error | null, body?: unknown) => void;

/** Parses a whole JSON text: Fastify's own parser, which reports errors to the callback. */
type ParseText = (request: FastifyRequest, text: string, done: Done) => void;

/**
 * A content type parser for Fastify that reads JSON bodies: its shape is checked while it arrives, so that a hostile
 * body costs no further work. It is refused with 400 once the rest of it has been read and discarded; a body above the
 * route's `bodyLimit` with 413 immediately. Routes with {@link streamedBody} get the stream.
 */
export function jsonBodyParser(bounds: JsonBounds, parseText: ParseText) {
  return (request: FastifyRequest, payload: Readable, done: Done): void => {
    if ((request.routeOptions.config as { isBodyStreamed?: boolean }).isBodyStreamed === true) {
      done(null, payload);
      return;
    }
    const limit = request.routeOptions.bodyLimit ?? Infinity;
    if (Number(request.headers['content-length']) > limit) {
      done(payloadTooLarge());
      return;
    }
    readBounded(payload, limit, new JsonShapeScanner(bounds), (error, text) => {
      if (error !== null) done(error);
      else parseText(request, text as string, done);
    });
  };
}

/** Reads a stream to its end; after the scanner has refused it, the rest is discarded. */
function readBounded(payload: Readable, limit: number, scanner: JsonShapeScanner, done: Done): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let refusal: Error | undefined;
  const end = (error?: Error & { statusCode?: number }): void => {
    payload.off('data', read).off('end', end).off('error', end);
    if (error === undefined) {
      if (refusal !== undefined) done(refusal);
      else done(null, (chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, bytes)).toString('utf8'));
      return;
    }
    // A client that disconnected is not a server error.
    error.statusCode ??= 400;
    done(error);
  };
  const read = (chunk: Buffer): void => {
    bytes += chunk.length;
    if (bytes > limit) return end(payloadTooLarge());
    if (refusal !== undefined) return;
    try {
      scanner.push(chunk);
      chunks.push(chunk);
    } catch (error) {
      refusal = error as Error;
      chunks.length = 0;
    }
  };
  payload.on('data', read).on('end', end).on('error', end);
}
