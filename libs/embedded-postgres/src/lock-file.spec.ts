import { parseLockFile } from './lock-file.js';

describe('parseLockFile', () => {
  it('parses the file of a ready server', () => {
    const text = '4242\n/data\n1763900000\n5433\n\n127.0.0.1\n  9046  131072\nready   \n';
    expect(parseLockFile(text)).toEqual({
      pid: 4242,
      startedAt: 1763900000,
      port: 5433,
      status: 'ready',
      text,
    });
  });

  it('parses the file of a server that has written only its first lines', () => {
    expect(parseLockFile('17\n/data\n')).toMatchObject({ pid: 17, port: undefined, status: '' });
  });

  it('parses the negative pid of a single-user server', () => {
    expect(parseLockFile('-17\n/data\n')?.pid).toBe(17);
  });

  it.each(['', 'nonsense\n', '0\n'])('is undefined for %j', (text) => {
    expect(parseLockFile(text)).toBeUndefined();
  });
});
