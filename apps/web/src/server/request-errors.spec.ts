import { ConnectionError, ProblemError } from '@parley/client';
import { errorText, isServerUnreachable } from './request-errors';

const problem = (status: number, code: string): ProblemError =>
  new ProblemError({ title: 'No', detail: `Detail of ${code}`, status, code, retryable: false });

describe('isServerUnreachable', () => {
  it.each([
    ['a connection that failed', new ConnectionError('unreachable', 'no'), true],
    ['a stream that was cut', new ConnectionError('cut', 'no'), true],
    ['a proxy without a server', problem(502, 'http_502'), true],
    ['a proxy that timed out', problem(504, 'http_504'), true],
    ['a refusal by the server', problem(503, 'llm_overloaded'), false],
    ['a refusal by a proxy', problem(413, 'http_413'), false],
    ['an error in the page', new TypeError('no'), false],
  ])('%s: %#', (_name, error, isUnreachable) => {
    expect(isServerUnreachable(error)).toBe(isUnreachable);
  });
});

describe('errorText', () => {
  it('shows the detail of a problem', () => {
    expect(errorText(problem(409, 'conversation_busy'))).toBe('Detail of conversation_busy');
  });

  it('shows a text of the page for other errors', () => {
    expect(errorText(new ConnectionError('silent', 'no'))).toBe('The server cannot be reached.');
    expect(errorText(new TypeError('x is undefined'))).toBe('Something went wrong.');
  });
});
