import { parseLockFile } from './lock-file.js';

describe('parseLockFile', () => {
  it('reads a ready server', () => {
    const text = '4242\n/data\n1763900000\n5433\n\n127.0.0.1\n  9046  131072\nready   \n';
    expect(parseLockFile(text)).toEqual({
      pid: 4242,
      startedAt: 1763900000,
      port: 5433,
      status: 'ready',
      text,
    });
  });

  it('reads a server that has written only its first lines', () => {
    expect(parseLockFile('17\n/data\n')).toMatchObject({ pid: 17, port: undefined, status: '' });
  });

  it('reads a single-user server, whose pid is negative', () => {
    expect(parseLockFile('-17\n/data\n')?.pid).toBe(17);
  });

  it.each(['', 'nonsense\n', '0\n'])('finds no server in %j', (text) => {
    expect(parseLockFile(text)).toBeUndefined();
  });
});
