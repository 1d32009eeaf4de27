import { HttpException } from '@nestjs/common';
import fc from 'fast-check';
import { problemBody, problemHeaders } from './problem-body.js';
import { Problem } from './problem.js';
import { payloadTooLarge, validationFailed } from './problem-factories.js';
import { toProblem } from './to-problem.js';

const coded = (code: string, retryable: boolean, more = {}) =>
  Object.assign(new Error('secret'), { code, retryable, ...more });

describe('toProblem', () => {
  const answers = {
    busy: {
      status: 503,
      title: 'Busy',
      detail: (error: Error) => `Told: ${error.message}`,
      retryAfterSeconds: (error: Error) => (error as { wait?: number }).wait,
    },
  };

  it('lets a row say what of the error is shown, and how long to wait', () => {
    const problem = toProblem(coded('busy', true, { wait: 7 }), answers);
    expect(problem).toMatchObject({
      status: 503,
      code: 'busy',
      title: 'Busy',
      detail: 'Told: secret',
      retryable: true,
      retryAfterSeconds: 7,
    });
  });

  it('takes whether to retry from the error', () => {
    expect(toProblem(coded('busy', false), answers).retryable).toBe(false);
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
    ['a plugin’s refusal', Object.assign(new Error('secret'), { statusCode: 429 }), 429],
    ['a plugin’s failure', Object.assign(new Error('secret'), { statusCode: 502 }), 500],
    ['a status that is none', Object.assign(new Error('secret'), { statusCode: 499 }), 500],
    ['a redirection thrown', new HttpException('secret', 302), 500],
    [
      'Fastify wrapped by Nest',
      new HttpException('x', 413, { cause: { code: 'FST_ERR_CTP_BODY_TOO_LARGE' } }),
      413,
    ],
  ])('answers %s', (_what, error, status) => {
    const problem = toProblem(error);
    expect(problem.status).toBe(status);
    expect(problem.detail ?? '').not.toContain('secret');
    expect(problem.cause).toBeDefined();
  });

  it('makes a problem of anything, and shows nothing of what it does not know', () => {
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
  it('has the documented members, the usual ones first, and leaves out empty ones', () => {
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
  ])('asks to come back after %d s: %s', (retryAfterSeconds, header) => {
    const problem = new Problem({ status: 503, code: 'later', retryAfterSeconds });
    expect(problemHeaders(problem, 'r')['retry-after']).toBe(header);
  });

  it('sums fields up', () => {
    const row = (field: string) => ({ field, detail: 'is wrong' });
    expect(validationFailed([row('a'), row('b')]).detail).toBe('a is wrong (and 1 more field).');
    expect(payloadTooLarge(undefined, { errors: [row('a')] }).detail).toBe('a is wrong.');
    expect(payloadTooLarge().detail).toBe('The body is larger than this server takes.');
  });
});
