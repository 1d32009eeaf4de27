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
  it('gives the value of a body, whatever its chunks cut in two', async () => {
    const { payload, outcome } = receive();
    const bytes = Buffer.from('{"a":"é😀"}');
    for (const byte of bytes) payload.write(Buffer.of(byte));
    payload.end();
    expect(await outcome).toEqual({ a: 'é😀' });
  });

  it('refuses a shape, once the rest of the body has been read and dropped', async () => {
    const { payload, outcome } = receive();
    let isOver = false;
    outcome.catch(() => (isOver = true));
    payload.write('{"a":[1,2,3,4');
    await new Promise(setImmediate);
    expect(isOver).toBe(false);
    payload.end(',5]}');
    await expect(outcome).rejects.toMatchObject({
      status: 400,
      errors: [{ field: 'a', code: 'too_many_elements' }],
    });
  });

  it('refuses a body above the limit: at once where it says so, else when it gets there', async () => {
    await expect(receive({ limit: 10, length: 11 }).outcome).rejects.toMatchObject({ status: 413 });
    const { payload, outcome } = receive({ limit: 10 });
    payload.write('{"a":"');
    payload.write('xxxxxxxxxx');
    await expect(outcome).rejects.toMatchObject({ status: 413 } satisfies Partial<Problem>);
  });

  it('fails with 400 when the client leaves', async () => {
    const { payload, outcome } = receive();
    payload.write('{');
    payload.destroy(new Error('aborted'));
    await expect(outcome).rejects.toMatchObject({ message: 'aborted', statusCode: 400 });
  });

  it('passes the stream on where the handler reads it', async () => {
    const { payload, outcome } = receive({ limit: 10, length: 1_000_000, config: streamedBody });
    expect(await outcome).toBe(payload);
  });
});
