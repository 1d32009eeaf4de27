import { type FastifyRequest } from 'fastify';
import { type Readable } from 'node:stream';
import { payloadTooLarge } from '../responses/problem-factories.js';
import { type JsonBounds } from './json-bounds.js';
import { JsonShapeScanner } from './json-shape-scanner.js';

/** `@RouteConfig(streamedBody)`: the route's handler reads the body as a stream and bounds it itself. */
export const streamedBody = { isBodyStreamed: true } as const;

/** Receives the body or an error. */
type Done = (error: Error | null, body?: unknown) => void;

/** Parses a JSON text: Fastify's parser. */
type ParseText = (request: FastifyRequest, text: string, done: Done) => void;

/**
 * Returns a content type parser for Fastify that checks the shape of a JSON body while it arrives. A body outside of the
 * bounds is rejected with 400 after the rest of it has been read and discarded, a body above the route's `bodyLimit` with
 * 413 immediately. Routes with {@link streamedBody} receive the stream.
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

/** Reads a stream to its end; after the scanner has rejected it, the rest is discarded. */
function readBounded(payload: Readable, limit: number, scanner: JsonShapeScanner, done: Done): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let rejection: Error | undefined;
  const end = (error?: Error & { statusCode?: number }): void => {
    payload.off('data', read).off('end', end).off('error', end);
    if (error === undefined) {
      if (rejection !== undefined) done(rejection);
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
    if (rejection !== undefined) return;
    try {
      scanner.push(chunk);
      chunks.push(chunk);
    } catch (error) {
      rejection = error as Error;
      chunks.length = 0;
    }
  };
  payload.on('data', read).on('end', end).on('error', end);
}
