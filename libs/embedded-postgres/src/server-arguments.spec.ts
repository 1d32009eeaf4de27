import { initdbArguments, serverArguments } from './server-arguments.js';

const server = { dataDirectory: '/data', port: 5433, durable: true, settings: {} };

describe('serverArguments', () => {
  it('listens on loopback only, with the default durability of PostgreSQL', () => {
    const args = serverArguments(server);
    expect(args.slice(0, 4)).toEqual(['-D', '/data', '-p', '5433']);
    expect(args).toContain('listen_addresses=127.0.0.1');
    expect(args).toContain('unix_socket_directories=');
    expect(args.join(' ')).not.toContain('fsync');
  });

  it('turns durability off with durable: false', () => {
    const args = serverArguments({ ...server, durable: false });
    expect(args).toEqual(
      expect.arrayContaining(['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']),
    );
  });

  it('adds the caller’s settings', () => {
    expect(serverArguments({ ...server, settings: { max_connections: 400 } })).toContain(
      'max_connections=400',
    );
  });
});

describe('initdbArguments', () => {
  it('sets password authentication and the built-in collation', () => {
    const args = initdbArguments({ directory: '/tmp/d', passwordFile: '/tmp/p', durable: true });
    expect(args).toEqual(
      expect.arrayContaining(['--auth=scram-sha-256', '--pwfile=/tmp/p', '--builtin-locale=C.UTF-8']),
    );
    expect(args).not.toContain('--no-sync');
  });

  it('skips syncing with durable: false', () => {
    expect(initdbArguments({ directory: '/tmp/d', passwordFile: '/tmp/p', durable: false })).toContain(
      '--no-sync',
    );
  });
});
