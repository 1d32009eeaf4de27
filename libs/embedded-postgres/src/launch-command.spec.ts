import { launchCommand, saysFolderForbidden, saysNamespacesForbidden } from './launch-command.js';

describe('launchCommand', () => {
  it('gives root on Linux a user namespace whose end interrupts the server', () => {
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

  it('has the kernel interrupt an ordinary Linux user’s server when its parent dies', () => {
    expect(launchCommand({ platform: 'linux', uid: 1000 }, '/pg/postgres', ['-D', '/data'])).toEqual({
      file: 'setpriv',
      args: ['--pdeathsig', 'INT', '/pg/postgres', '-D', '/data'],
    });
  });

  it.each([
    ['darwin', 501],
    ['win32', undefined],
  ] as const)('starts plainly on %s', (platform, uid) => {
    expect(launchCommand({ platform, uid }, 'postgres', ['-D', 'data'])).toEqual({
      file: 'postgres',
      args: ['-D', 'data'],
    });
  });
});

describe('saysNamespacesForbidden', () => {
  it.each([
    'unshare: unshare failed: Operation not permitted',
    'unshare: unshare failed: No space left on device',
    'some line\nunshare: write failed /proc/self/uid_map: Operation not permitted',
  ])('recognises %j', (output) => {
    expect(saysNamespacesForbidden(output)).toBe(true);
  });

  it.each(['', 'FATAL:  unshare: not at the start', 'LOG:  database system is ready to accept connections'])(
    'leaves %j alone',
    (output) => {
      expect(saysNamespacesForbidden(output)).toBe(false);
    },
  );
});

describe('saysFolderForbidden', () => {
  it('recognises a program that may not be reached, and nothing else', () => {
    expect(saysFolderForbidden('unshare: failed to execute /home/u/pg/bin/postgres: Permission denied')).toBe(
      true,
    );
    expect(
      saysFolderForbidden('unshare: failed to execute /pg/bin/postgres: No such file or directory'),
    ).toBe(false);
  });
});
