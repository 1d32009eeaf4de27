import {
  QueryFailedError,
  QueryRunnerAlreadyReleasedError,
  QueryRunnerProviderAlreadyReleasedError,
} from 'typeorm';
import { DatabaseUnavailableError } from './database-errors.js';
import { isConnectionBroken, isUnavailable, toDatabaseError, toStatementError } from './error-classes.js';

function withCode(code: string): Error {
  return Object.assign(new Error('from the server'), { code });
}

describe('isUnavailable', () => {
  it.each([
    '08006',
    '08P01',
    '53300',
    '57P01',
    '57P02',
    '57P03',
    '57P05',
    '57014',
    '55P03',
    '25006',
    '58030',
    '26000',
    '42P05',
    '40001',
    '40P01',
    'ECONNREFUSED',
    'EAI_AGAIN',
  ])('is true for %s', (code) => {
    expect(isUnavailable(withCode(code))).toBe(true);
  });

  it.each(['23505', '22P05', '42P01', '28P01', 'ENOENT'])('is false for %s', (code) => {
    expect(isUnavailable(withCode(code))).toBe(false);
  });

  it.each([
    'timeout exceeded when trying to connect',
    'Connection terminated due to connection timeout',
    'Connection terminated unexpectedly',
    'Query read timeout',
  ])('is true for the message %j of pg', (message) => {
    expect(isUnavailable(new Error(message))).toBe(true);
  });

  it('is true for every error that ends the connection', () => {
    const error = Object.assign(withCode('42501'), { severity: 'FATAL' });
    expect(isUnavailable(error)).toBe(true);
    expect(toStatementError(error)).toMatchObject({ isOutcomeUnknown: true });
  });

  it('examines the error that TypeORM wraps', () => {
    const wrapped = new QueryFailedError('SELECT 1', [], new Error('Connection terminated unexpectedly'));
    expect(isUnavailable(wrapped)).toBe(true);
  });

  it.each([new QueryRunnerAlreadyReleasedError(), new QueryRunnerProviderAlreadyReleasedError()])(
    'is true for TypeORM’s %p, after the connection was lost between two statements',
    (error) => expect(isUnavailable(error)).toBe(true),
  );

  it.each([undefined, null, 'text', new Error('anything else')])('is false for %p', (error) => {
    expect(isUnavailable(error)).toBe(false);
  });
});

describe('isConnectionBroken', () => {
  it.each(['25006', '57P01', '08006', '53100', '58030', '25P03', '26000', '42P05'])(
    'is true for %s, after which another connection is needed',
    (code) => expect(isConnectionBroken(withCode(code))).toBe(true),
  );

  it.each(['57014', '55P03', '40001', '23505', '42P01'])('is false for %s', (code) =>
    expect(isConnectionBroken(withCode(code))).toBe(false),
  );

  it('does not doubt the outcome of a statement that the server refused', () => {
    const unknown = ['25006', '53100', '26000', '57P01', '08006'].map(
      (code) => (toStatementError(withCode(code)) as DatabaseUnavailableError).isOutcomeUnknown,
    );
    expect(unknown).toEqual([false, false, false, true, true]);
  });
});

describe('toDatabaseError', () => {
  it('wraps an outage in a DatabaseUnavailableError with its cause', () => {
    const cause = withCode('57P01');
    const error = toDatabaseError(cause) as DatabaseUnavailableError;
    expect(error).toBeInstanceOf(DatabaseUnavailableError);
    expect(error).toMatchObject({ code: 'database_unavailable', retryable: true, cause });
    expect(toDatabaseError(error)).toBe(error);
  });

  it('joins the messages of an AggregateError without its own message', () => {
    const cause = Object.assign(new AggregateError([new Error('connect ECONNREFUSED ::1:1')], ''), {
      code: 'ECONNREFUSED',
    });
    expect((toDatabaseError(cause) as Error).message).toContain('connect ECONNREFUSED ::1:1');
  });

  it('names the setting after a pooler lost a prepared statement', () => {
    const { message } = toDatabaseError(withCode('26000')) as Error;
    expect(message).toContain('DATABASE_PREPARED_STATEMENTS=false');
  });

  it('returns other errors unchanged', () => {
    const error = withCode('23505');
    expect(toDatabaseError(error)).toBe(error);
  });
});
