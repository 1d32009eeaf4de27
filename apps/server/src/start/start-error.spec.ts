import { DatabaseUnavailableError } from '#database';
import { DataDirectoryInUseError } from '#embedded-postgres';
import { ConfigurationError, loadConfiguration } from '../configuration/index.js';
import { startError } from './start-error.js';

const configuration = loadConfiguration(
  { DATABASE_URL: 'postgres://ann:hunter2hunter2@db/parley' },
  '/no/such/file',
);

function systemError(code: string, more: object = {}): Error {
  return Object.assign(new Error(code), { code, ...more });
}

describe('startError', () => {
  it.each([
    [
      systemError('EADDRINUSE', { address: '127.0.0.1', port: 3001 }),
      /^Port 3001 on 127\.0\.0\.1 is taken .*PORT/,
    ],
    [systemError('EADDRNOTAVAIL'), /^HOST is 127\.0\.0\.1, which is not an address of this machine\.$/],
    [systemError('EACCES'), /^Port 3001 needs rights/],
    [
      new DatabaseUnavailableError(systemError('ECONNREFUSED')),
      /^The database cannot be reached \(ECONNREFUSED\)/,
    ],
    [new ConfigurationError(['PORT is wrong']), /PORT is wrong$/],
    [new DataDirectoryInUseError('/data', 7), /^Another PostgreSQL \(pid 7\) is running on \/data\./],
  ])('describes in one sentence: %s', (error, sentence) => {
    const said = startError(error, configuration);
    expect(said).toMatch(sentence);
    expect(said).not.toContain('    at ');
    expect(said).not.toContain('hunter2');
  });

  it('shows the stack of an unexpected error', () => {
    expect(startError(new TypeError('oops'), configuration)).toMatch(/^TypeError: oops\n {4}at /);
  });
});
