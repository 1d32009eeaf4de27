import { type FastifyRequest } from 'fastify';
import { PassThrough } from 'node:stream';
import { type Problem } from '../responses/problem.js';
import { bodyBounds } from './json-bounds.js';
import { jsonBodyParser, streamedBody } from './json-body-parser.js';

/** A request whose body is written by the test. */
function receive({
  limit = 1_000,
  length,
  config = {},
}: { limit?: number; length?: number; config?: object } = {}) {
  const payload = new PassThrough();
  const request = {
    headers: length === undefined ? {} : { 'content-length': String(length) },
    routeOptions: { bodyLimit: limit, config },
  } as unknown as FastifyRequest;
  const parse = jsonBodyParser({ ...bodyBounds, maxElements: 3 }, (_, text, done) =>
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
    await expect(receive({ limit: 10, length: 11 }).outcome).rejects.toMatchObject({ status: 413 });
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
});
