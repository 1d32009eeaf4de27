import {
  DatabaseEncodingError,
  DatabaseUnavailableError,
  ForeignProtocolError,
  MigrationLockTimeoutError,
  PreparedStatementsError,
} from '#database';
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

function sqlError(code: string, message: string): Error {
  return new DatabaseUnavailableError(Object.assign(new Error(message), { code, severity: 'FATAL' }));
}

describe('startError', () => {
  it.each([
    [
      systemError('EADDRINUSE', { address: '127.0.0.1', port: 3001 }),
      /^Port 3001 on 127\.0\.0\.1 is taken .*PORT/,
    ],
    [systemError('EADDRNOTAVAIL'), /^HOST is 127\.0\.0\.1, which is not an address of this machine\.$/],
    [
      systemError('ENOTFOUND', { hostname: '127.0.0.1' }),
      /^HOST is 127\.0\.0\.1, which is neither an address/,
    ],
    [systemError('EACCES'), /^Port 3001 needs rights/],
    [
      new DatabaseUnavailableError(systemError('ECONNREFUSED')),
      /^The database cannot be reached \(ECONNREFUSED\)/,
    ],
    [
      sqlError('3D000', 'database "parley" does not exist'),
      /^PostgreSQL at db has no database "parley": create it/,
    ],
    [
      sqlError('28000', 'role "ann" does not exist'),
      /refuses the login of DATABASE_URL: role "ann" does not exist\.$/,
    ],
    [sqlError('28000', 'no pg_hba.conf entry for host "::1", no encryption'), /add sslmode=require\.$/],
    [
      sqlError('28P01', 'password authentication failed for user "ann"'),
      /does not accept the password .* "ann"/,
    ],
    [new Error('SASL: client password must be a string'), /does not accept the password of DATABASE_URL/],
    [
      sqlError('42501', 'permission denied for schema public'),
      /GRANT CREATE, USAGE ON SCHEMA public TO "ann"/,
    ],
    [
      sqlError('42501', 'permission denied for database "parley"'),
      /lacks a right in database "parley" of PostgreSQL at db/,
    ],
    [sqlError('42P07', 'relation "messages" already exists'), /has tables of another program/],
    [
      sqlError('25006', 'cannot execute CREATE TABLE in a read-only transaction'),
      /is read-only .* list all hosts/,
    ],
    [sqlError('53300', 'sorry, too many clients already'), /has no free connection/],
    [sqlError('55000', 'database "parley" is not currently accepting connections'), /accepts no connections/],
    [
      Object.assign(new Error('syntax error at or near "NULLS"'), { code: '42601' }),
      /refused a statement of the start: .*SQLSTATE 42601/,
    ],
    [systemError('SELF_SIGNED_CERT_IN_CHAIN'), /add sslrootcert=\/path\/to\/ca\.crt .* NODE_EXTRA_CA_CERTS/],
    [systemError('ERR_TLS_CERT_ALTNAME_INVALID'), /is for another host name/],
    [systemError('CERT_HAS_EXPIRED'), /is not valid now/],
    [systemError('EPROTO'), /^TLS with PostgreSQL at db fails/],
    [new Error('The server does not support SSL connections'), /has no TLS, .* sslmode=disable/],
    [new ForeignProtocolError(), /^What listens at db does not speak PostgreSQL's protocol/],
    [new DatabaseEncodingError('latin', 'LATIN1'), /has the encoding LATIN1, .* ENCODING 'UTF8'/],
    [new PreparedStatementsError(), /behind a pooler.*DATABASE_PREPARED_STATEMENTS=false/],
    [new MigrationLockTimeoutError(60_000), /^Another process has been migrating/],
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
