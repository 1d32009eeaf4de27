import { launchCommand, isFolderPermissionError, isNamespaceError } from './launch-command.js';

describe('launchCommand', () => {
  it('runs as another user in a user namespace for root on Linux', () => {
    expect(launchCommand({ platform: 'linux', uid: 0 }, '/pg/postgres', ['-D', '/data'])).toEqual({
      file: 'setpriv',
      args: [
        '--pdeathsig',
        'KILL',
        'unshare',
        '-U',
        '--map-user=65534',
        '--map-group=65534',
        '--kill-child=INT',
        '/pg/postgres',
        '-D',
        '/data',
      ],
    });
  });

  it('sets the parent death signal for other users on Linux', () => {
    expect(launchCommand({ platform: 'linux', uid: 1000 }, '/pg/postgres', ['-D', '/data'])).toEqual({
      file: 'setpriv',
      args: ['--pdeathsig', 'INT', '/pg/postgres', '-D', '/data'],
    });
  });

  it.each([
    ['darwin', 501],
    ['win32', undefined],
  ] as const)('adds nothing on %s', (platform, uid) => {
    expect(launchCommand({ platform, uid }, 'postgres', ['-D', 'data'])).toEqual({
      file: 'postgres',
      args: ['-D', 'data'],
    });
  });
});

describe('isNamespaceError', () => {
  it.each([
    'unshare: unshare failed: Operation not permitted',
    'unshare: unshare failed: No space left on device',
    'some line\nunshare: write failed /proc/self/uid_map: Operation not permitted',
  ])('recognizes %j', (output) => {
    expect(isNamespaceError(output)).toBe(true);
  });

  it.each(['', 'FATAL:  unshare: not at the start', 'LOG:  database system is ready to accept connections'])(
    'is false for %j',
    (output) => {
      expect(isNamespaceError(output)).toBe(false);
    },
  );
});

describe('isFolderPermissionError', () => {
  it('recognizes a program in a forbidden folder, and not a missing one', () => {
    expect(
      isFolderPermissionError('unshare: failed to execute /home/u/pg/bin/postgres: Permission denied'),
    ).toBe(true);
    expect(
      isFolderPermissionError('unshare: failed to execute /pg/bin/postgres: No such file or directory'),
    ).toBe(false);
  });
});
