import { parseDatabaseUrl } from './database-url.js';

const urlsOf = (url: string): string[] => parseDatabaseUrl(url).servers.map((server) => server.url);

describe('parseDatabaseUrl', () => {
  it.each([
    'postgres://ann:s%40crt@db.example:5433/parley',
    'postgresql://db/parley?application_name=a%20b',
    'postgres://ann@[::1]:5432/parley',
    'postgres:///parley?host=/var/run/postgresql',
    'postgres://ann@%2Fvar%2Frun%2Fpostgresql/parley',
    'postgres://db/parley?sslmode=disable',
    'postgres://db/parley?sslmode=no-verify',
    'postgres://db',
  ])('leaves a URL with one host unchanged: %s', (url) => {
    expect(parseDatabaseUrl(url)).toMatchObject({ mustAcceptWrites: false, isTlsOptional: false });
    expect(urlsOf(url)).toEqual([url]);
  });

  it.each([
    [
      'postgres://ann:x@db1:5433,db2/parley?target_session_attrs=read-write',
      ['postgres://ann:x@db1:5433/parley', 'postgres://ann:x@db2/parley'],
      ['db1:5433', 'db2'],
    ],
    ['postgres://db1,[::1]:7/p', ['postgres://db1/p', 'postgres://[::1]:7/p'], ['db1', '[::1]:7']],
    [
      'postgres:///p?host=db1,db2&port=1,2&load_balance_hosts=random',
      ['postgres:///p?host=db1&port=1', 'postgres:///p?host=db2&port=2'],
      ['db1:1', 'db2:2'],
    ],
    [
      'postgres:///p?host=/run/a,/run/b',
      ['postgres:///p?host=%2Frun%2Fa', 'postgres:///p?host=%2Frun%2Fb'],
      ['/run/a', '/run/b'],
    ],
  ])('splits several hosts, of which one has to accept writes: %s', (url, urls, names) => {
    const parsed = parseDatabaseUrl(url);
    expect(urlsOf(url)).toEqual(urls);
    expect(parsed.servers.map(({ name }) => name)).toEqual(names);
    expect(parsed.mustAcceptWrites).toBe(true);
  });

  it.each([
    ['postgres://db/p?target_session_attrs=any', false],
    ['postgres://db/p?target_session_attrs=read-write', true],
    ['postgres://db/p?target_session_attrs=primary', true],
    ['postgres://db1,db2/p?target_session_attrs=any', true],
  ])('reads target_session_attrs: %s', (url, mustAcceptWrites) => {
    expect(parseDatabaseUrl(url)).toMatchObject({ mustAcceptWrites });
    expect(urlsOf(url)[0]).not.toContain('target_session_attrs');
  });

  it.each([
    ['sslmode=require', 'sslmode=require&uselibpqcompat=true', false],
    ['sslmode=prefer', 'sslmode=prefer&uselibpqcompat=true', true],
    ['sslmode=allow', 'sslmode=prefer&uselibpqcompat=true', true],
    ['sslmode=verify-full&sslrootcert=system', 'sslmode=verify-full&uselibpqcompat=true', false],
    ['sslmode=verify-ca&sslrootcert=ca', 'sslmode=verify-ca&sslrootcert=ca&uselibpqcompat=true', false],
    ['sslmode=no-verify&uselibpqcompat=true', 'sslmode=no-verify', false],
    ['sslmode=disable&sslmode=require', 'sslmode=require&uselibpqcompat=true', false],
    ['ssl=false', 'ssl=0', false],
  ])('rewrites %s, which pg reads in another way than libpq', (query, rewritten, isTlsOptional) => {
    const parsed = parseDatabaseUrl(`postgres://db/p?${query}`);
    expect(parsed.servers[0]?.url).toBe(`postgres://db/p?${rewritten}`);
    expect(parsed.isTlsOptional).toBe(isTlsOptional);
  });

  it('names user and database, without the password', () => {
    const { user, database } = parseDatabaseUrl('postgres://a%40b:secret@db1,db2/my%20db');
    expect([user, database]).toEqual(['a@b', 'my db']);
  });

  it.each([
    ['mysql://db/p', 'must start with postgres:// or postgresql://'],
    ['postgres://ann:100%@db/p', 'is not a valid address'],
    ['postgres://db1,,db2/p', 'has an empty entry in its list of hosts'],
    [`postgres://${'db,'.repeat(10)}db/p`, 'has more than 10 hosts'],
    ['postgres:///p?host=a,b&port=1,2,3', 'has lists of different lengths'],
    ['postgres://db/p?sslmode=requir', 'has an unknown sslmode: it must be one of disable,'],
    ['postgres://db/p?sslmode=', 'has an unknown sslmode'],
    ['postgres://db/p?sslMode=require', 'has the parameter sslMode, which Parley does not know'],
    ['postgres://db/p?ssl_mode=require', 'has the parameter ssl_mode'],
    ['postgres://db/p?sslcrl=x', 'has the parameter sslcrl'],
    ['postgres://db/p?sslmode=verify-ca', 'has sslmode=verify-ca without a file in sslrootcert'],
    ['postgres://db/p?sslcert=x', 'has only one of sslcert and sslkey'],
    ['postgres://db/p?ssl=yes', 'has an unknown value of ssl'],
    ['postgres://db/p?sslnegotiation=tls', 'has an unknown sslnegotiation'],
    [
      'postgres://a,b/p?target_session_attrs=standby',
      'has a target_session_attrs that Parley cannot work with',
    ],
  ])('refuses %s', (url, mistake) => {
    expect(() => parseDatabaseUrl(url)).toThrow(mistake);
    expect(() => parseDatabaseUrl(url)).not.toThrow(/100%@/);
  });
});
