import { type FastifyRequest } from 'fastify';
import { type Readable } from 'node:stream';
import { bodyTooLarge } from '../responses/problem-factories.js';
import { inflatedBody, inflationProblem } from './inflate-body.js';
import { type JsonBounds } from './json-bounds.js';
import { JsonShapeScanner } from './json-shape-scanner.js';
import { type LargeBodySlots } from './large-body-slots.js';

/** `@RouteConfig(streamedBody)`: the route's handler reads the body as a stream and bounds it itself. */
export const streamedBody = { isBodyStreamed: true } as const;

/** Receives the body or an error. */
type Done = (error: Error | null, body?: unknown) => void;

/** Parses a JSON text: Fastify's parser. */
type ParseText = (request: FastifyRequest, text: string, done: Done) => void;

/** What the bytes of a body are checked with. */
interface BodyChecks {
  /** Most bytes, after inflation. */
  limit: number;
  scanner: JsonShapeScanner;
  slots: LargeBodySlots;
  /** Whose large bodies are counted together. */
  caller: string;
}

/**
 * Returns a content type parser for Fastify that checks the shape of a JSON body while it arrives, after inflating it if it
 * is compressed with gzip. A body outside of the bounds is rejected with 400 after the rest of it has been read and
 * discarded, a body above the route's `bodyLimit` with 413 immediately. Routes with {@link streamedBody} receive the stream.
 */
export function jsonBodyParser(bounds: JsonBounds, slots: LargeBodySlots, parseText: ParseText) {
  return (request: FastifyRequest, payload: Readable, done: Done): void => {
    const limit = request.routeOptions.bodyLimit ?? Infinity;
    const isStreamed = (request.routeOptions.config as { isBodyStreamed?: boolean }).isBodyStreamed === true;
    if (!isStreamed && Number(request.headers['content-length']) > limit) {
      done(bodyTooLarge(limit));
      return;
    }
    let body: Readable;
    try {
      body = inflatedBody(request.headers, payload);
    } catch (error) {
      done(error as Error);
      return;
    }
    if (isStreamed) {
      done(null, body);
      return;
    }
    const checks = { limit, scanner: new JsonShapeScanner(bounds), slots, caller: callerOf(request) };
    readBounded(body, checks, (error, text) => {
      if (body !== payload) body.destroy();
      if (error !== null) done(error);
      else parseText(request, text as string, done);
    });
  };
}

/** The key of the request, which was checked before, or the address. */
function callerOf({ headers, ip }: FastifyRequest): string {
  return headers.authorization ?? String(headers['x-api-key'] ?? ip);
}

/** Reads a stream to its end; after the scanner has rejected it, the rest is discarded. */
function readBounded(payload: Readable, { limit, scanner, slots, caller }: BodyChecks, done: Done): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let rejection: Error | undefined;
  let release: (() => void) | undefined;
  const end = (error?: Error & { statusCode?: number; code?: string }): void => {
    payload.off('data', read).off('end', end).off('error', end);
    release?.();
    if (error === undefined) {
      if (rejection !== undefined) done(rejection);
      else done(null, (chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, bytes)).toString('utf8'));
      return;
    }
    // A client that disconnected is not a server error.
    error.statusCode ??= 400;
    done(inflationProblem(error) ?? error);
  };
  const read = (chunk: Buffer): void => {
    bytes += chunk.length;
    if (bytes > limit) return end(bodyTooLarge(limit));
    if (rejection !== undefined) return;
    try {
      if (bytes > slots.largeBytes) release ??= slots.take(caller);
      scanner.push(chunk);
      chunks.push(chunk);
    } catch (error) {
      rejection = error as Error;
      chunks.length = 0;
    }
  };
  payload.on('data', read).on('end', end).on('error', end);
}
