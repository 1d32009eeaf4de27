import { HttpException } from '@nestjs/common';
import fc from 'fast-check';
import { problemBody, problemHeaders } from './problem-body.js';
import { Problem } from './problem.js';
import { payloadTooLarge, validationFailed } from './problem-factories.js';
import { toProblem } from './to-problem.js';

const coded = (code: string, retryable: boolean, more = {}) =>
  Object.assign(new Error('secret'), { code, retryable, ...more });

describe('toProblem', () => {
  const responses = {
    busy: {
      status: 503,
      title: 'Busy',
      detail: (error: Error) => `Detail: ${error.message}`,
      retryAfterSeconds: (error: Error) => (error as { wait?: number }).wait,
    },
  };

  it('uses the detail and retryAfterSeconds functions of the response', () => {
    const problem = toProblem(coded('busy', true, { wait: 7 }), responses);
    expect(problem).toMatchObject({
      status: 503,
      code: 'busy',
      title: 'Busy',
      detail: 'Detail: secret',
      retryable: true,
      retryAfterSeconds: 7,
    });
  });

  it('takes retryable from the error', () => {
    expect(toProblem(coded('busy', false), responses).retryable).toBe(false);
  });

  it.each([
    ['an aborted request', Object.assign(new Error('aborted'), { code: 'ECONNRESET', statusCode: 400 }), 400],
    ['a file that could not be opened', Object.assign(new Error('open'), { code: 'EMFILE' }), 503],
    [
      'a socket that could not be opened, as the cause of something else',
      new Error('failed', { cause: Object.assign(new Error('connect'), { code: 'ENFILE' }) }),
      503,
    ],
    ['a lost database', Object.assign(new Error('read'), { code: 'ECONNRESET' }), 500],
    ['a 4xx error of a plugin', Object.assign(new Error('secret'), { statusCode: 429 }), 429],
    ['a 5xx error of a plugin', Object.assign(new Error('secret'), { statusCode: 502 }), 500],
    ['an unassigned status', Object.assign(new Error('secret'), { statusCode: 499 }), 500],
    ['a thrown redirection', new HttpException('secret', 302), 500],
    [
      'an error of Fastify that Nest wrapped',
      new HttpException('x', 413, { cause: { code: 'FST_ERR_CTP_BODY_TOO_LARGE' } }),
      413,
    ],
  ])('converts %s', (_what, error, status) => {
    const problem = toProblem(error);
    expect(problem.status).toBe(status);
    expect(problem.detail ?? '').not.toContain('secret');
    expect(problem.cause).toBeDefined();
  });

  it('converts any thrown value to a valid problem', () => {
    fc.assert(
      fc.property(fc.anything(), fc.string(), (thrown, url) => {
        const problem = toProblem(thrown);
        expect(problem.status).toBeGreaterThanOrEqual(400);
        expect(JSON.parse(JSON.stringify(problemBody(problem, url, 'id')))).toMatchObject({
          request_id: 'id',
        });
      }),
    );
  });
});

describe('problemBody', () => {
  it('has the documented members, standard ones first, without empty ones', () => {
    const full = validationFailed([{ field: 'a', code: 'required', detail: 'is required' }], {
      fields: { message_id: 'm' },
    });
    const body = problemBody(full, '/x?secret#f', 'r');
    expect(Object.keys(body).slice(0, 3)).toEqual(['type', 'title', 'status']);
    expect(body).toEqual({
      type: '/problems/validation_failed',
      title: 'The request is not valid',
      status: 400,
      detail: 'a is required.',
      instance: '/x',
      code: 'validation_failed',
      request_id: 'r',
      retryable: false,
      errors: [{ field: 'a', code: 'required', detail: 'is required' }],
      message_id: 'm',
    });
    const bare = problemBody(new Problem({ status: 404, code: 'gone' }), '/', 'r');
    expect(bare).toEqual({
      type: '/problems/gone',
      title: 'Not Found',
      status: 404,
      instance: '/',
      code: 'gone',
      request_id: 'r',
      retryable: false,
    });
  });

  it.each([
    [0, '0'],
    [0.1, '1'],
    [2, '2'],
    [-3, '0'],
  ])('rounds retryAfterSeconds %d up to the header %s', (retryAfterSeconds, header) => {
    const problem = new Problem({ status: 503, code: 'later', retryAfterSeconds });
    expect(problemHeaders(problem, 'r')['retry-after']).toBe(header);
  });

  it('summarizes the invalid fields', () => {
    const row = (field: string) => ({ field, detail: 'is wrong' });
    expect(validationFailed([row('a'), row('b')]).detail).toBe('a is wrong (and 1 more field).');
    expect(payloadTooLarge(undefined, { errors: [row('a')] }).detail).toBe('a is wrong.');
    expect(payloadTooLarge().detail).toBe('The body is larger than this server accepts.');
  });
});
