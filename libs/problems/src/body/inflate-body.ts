import { type IncomingHttpHeaders } from 'node:http';
import { type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Problem } from '../responses/problem.js';

/**
 * The body without its content coding: gzip is inflated as it is read. The reader bounds the inflated bytes and destroys the
 * stream, so that a small body never becomes a large one in memory.
 * @throws Problem 415 for other codings
 */
export function inflatedBody(headers: IncomingHttpHeaders, payload: Readable): Readable {
  const coding = (headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (coding === 'identity' || coding === '') return payload;
  if (coding !== 'gzip' && coding !== 'x-gzip') throw unsupportedCoding();
  const inflated = createGunzip();
  const fail = (error: Error): void => void inflated.destroy(error);
  payload.once('error', fail);
  inflated.once('close', () => {
    payload.unpipe(inflated);
    payload.off('error', fail);
    // A late error, such as a disconnect, must not end the process.
    payload.on('error', () => undefined);
  });
  return payload.pipe(inflated);
}

/** The problem for an error of a stream that {@link inflatedBody} returned; undefined if the body is not at fault. */
export function inflationProblem(error: Error & { code?: string }): Problem | undefined {
  if (error.code === undefined || !error.code.startsWith('Z_')) return undefined;
  return new Problem({
    status: 400,
    code: 'invalid_gzip',
    title: 'The body is not valid gzip',
    detail: 'Content-Encoding says gzip, but the body is not valid gzip.',
    cause: error,
  });
}

function unsupportedCoding(): Problem {
  return new Problem({
    status: 415,
    code: 'unsupported_media_type',
    detail: 'Send the body without Content-Encoding, or with Content-Encoding: gzip.',
    headers: { 'accept-encoding': 'gzip' },
  });
}
