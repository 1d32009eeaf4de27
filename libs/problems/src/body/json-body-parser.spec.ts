import { type FastifyRequest } from 'fastify';
import { once } from 'node:events';
import { PassThrough, type Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { type Problem } from '../responses/problem.js';
import { LargeBodySlots } from './large-body-slots.js';
import { bodyBounds } from './json-bounds.js';
import { jsonBodyParser, streamedBody } from './json-body-parser.js';

/** A request whose body is written by the test. */
function receive({
  limit = 1_000,
  length,
  config = {},
  coding,
  slots = new LargeBodySlots({ largeBytes: 1_000, maxBodies: 9, maxBodiesPerCaller: 9 }),
}: { limit?: number; length?: number; config?: object; coding?: string; slots?: LargeBodySlots } = {}) {
  const payload = new PassThrough();
  const request = {
    headers: {
      authorization: 'Bearer key',
      ...(length === undefined ? {} : { 'content-length': String(length) }),
      ...(coding === undefined ? {} : { 'content-encoding': coding }),
    },
    routeOptions: { bodyLimit: limit, config },
  } as unknown as FastifyRequest;
  const parse = jsonBodyParser({ ...bodyBounds, maxElements: 3 }, slots, (_, text, done) =>
    done(null, JSON.parse(text)),
  );
  const outcome = new Promise<unknown>((resolve, reject) => {
    parse(request, payload, (error, body) => (error === null ? resolve(body) : reject(error)));
  });
  return { payload, outcome };
}

describe('jsonBodyParser', () => {
  it('parses a body in chunks of any size', async () => {
    const { payload, outcome } = receive();
    const bytes = Buffer.from('{"a":"é😀"}');
    for (const byte of bytes) payload.write(Buffer.of(byte));
    payload.end();
    expect(await outcome).toEqual({ a: 'é😀' });
  });

  it('rejects a shape after it has read and discarded the rest of the body', async () => {
    const { payload, outcome } = receive();
    let isRejected = false;
    outcome.catch(() => (isRejected = true));
    payload.write('{"a":[1,2,3,4');
    await new Promise(setImmediate);
    expect(isRejected).toBe(false);
    payload.end(',5]}');
    await expect(outcome).rejects.toMatchObject({
      status: 400,
      errors: [{ field: 'a', code: 'too_many_elements' }],
    });
  });

  it('rejects a body above the limit: at once by its Content-Length, else when the limit is reached', async () => {
    await expect(receive({ limit: 10, length: 11 }).outcome).rejects.toMatchObject({
      status: 413,
      detail: 'The body must be at most 10 bytes long.',
    });
    const { payload, outcome } = receive({ limit: 10 });
    payload.write('{"a":"');
    payload.write('xxxxxxxxxx');
    await expect(outcome).rejects.toMatchObject({ status: 413 } satisfies Partial<Problem>);
  });

  it('rejects with 400 when the client disconnects', async () => {
    const { payload, outcome } = receive();
    payload.write('{');
    payload.destroy(new Error('aborted'));
    await expect(outcome).rejects.toMatchObject({ message: 'aborted', statusCode: 400 });
  });

  it('passes the stream to a route with streamedBody', async () => {
    const { payload, outcome } = receive({ limit: 10, length: 1_000_000, config: streamedBody });
    expect(await outcome).toBe(payload);
  });

  describe('with Content-Encoding', () => {
    const sent = (bytes: Buffer, options: Parameters<typeof receive>[0] = {}) => {
      const { payload, outcome } = receive({ coding: 'gzip', ...options });
      payload.end(bytes);
      return outcome;
    };

    it.each(['gzip', 'GZIP', 'x-gzip'])('inflates %s', async (coding) => {
      expect(await sent(gzipSync('{"a":"é😀"}'), { coding })).toEqual({ a: 'é😀' });
    });

    it('accepts identity', async () => {
      expect(await sent(Buffer.from('{}'), { coding: 'identity' })).toEqual({});
    });

    it('bounds the inflated bytes, however few were sent', async () => {
      const bomb = gzipSync(Buffer.alloc(10_000_000, ' '));
      expect(bomb.length).toBeLessThan(20_000);
      await expect(sent(bomb, { limit: 20_000, length: bomb.length })).rejects.toMatchObject({
        status: 413,
        detail: 'The body must be at most 20000 bytes long.',
      });
    });

    it('checks the shape of the inflated bytes', async () => {
      await expect(sent(gzipSync('{"a":[1,2,3,4]}'))).rejects.toMatchObject({ status: 400 });
    });

    it.each([
      ['no gzip', Buffer.from('{"a":1}')],
      ['an incomplete gzip', gzipSync('{"a":1}').subarray(0, -9)],
      ['a damaged gzip', Buffer.concat([gzipSync('{"a":1}').subarray(0, 12), Buffer.alloc(20, 255)])],
    ])('rejects %s with 400', async (_, bytes) => {
      await expect(sent(bytes)).rejects.toMatchObject({ status: 400, code: 'invalid_gzip' });
    });

    it.each(['br', 'deflate', 'gzip, gzip', 'zstd'])('rejects %s with 415', async (coding) => {
      await expect(sent(gzipSync('{}'), { coding })).rejects.toMatchObject({
        status: 415,
        code: 'unsupported_media_type',
      });
    });

    it('rejects with 400 when the client disconnects', async () => {
      const { payload, outcome } = receive({ coding: 'gzip' });
      payload.write(gzipSync('{"a":1}').subarray(0, 5));
      payload.destroy(new Error('aborted'));
      await expect(outcome).rejects.toMatchObject({ message: 'aborted', statusCode: 400 });
    });

    it('passes the inflated stream to a route with streamedBody', async () => {
      const stream = (await sent(gzipSync('{"a":1}'), { config: streamedBody })) as Readable;
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      await once(stream, 'end');
      expect(Buffer.concat(chunks).toString()).toBe('{"a":1}');
    });
  });

  it('limits the large bodies that arrive at once, and lets a caller try again', async () => {
    const slots = new LargeBodySlots({ largeBytes: 10, maxBodies: 9, maxBodiesPerCaller: 1 });
    const first = receive({ slots });
    first.payload.write('{"a":"0123456789');
    await new Promise(setImmediate);
    const second = receive({ slots });
    second.payload.end('{"a":"0123456789"}');
    await expect(second.outcome).rejects.toMatchObject({
      status: 503,
      code: 'too_many_large_bodies',
      retryable: true,
    });
    const small = receive({ slots });
    small.payload.end('{}');
    expect(await small.outcome).toEqual({});
    first.payload.end('"}');
    await first.outcome;
    const third = receive({ slots });
    third.payload.end('{"a":"0123456789"}');
    expect(await third.outcome).toEqual({ a: '0123456789' });
  });
});
