import { jest } from '@jest/globals';
import { DatabaseUnavailableError } from '#database';
import { DatabaseCheck } from './database-check.js';

const limits = { databaseTimeoutMs: 800, databaseCacheMs: 1_000 };

/** An error of a socket, PostgreSQL or pg, whose password must not be in any response. */
function driverError(fields: object): Error {
  return Object.assign(new Error('password "hunter2" failed for user "parley" at db.internal'), fields);
}

describe('DatabaseCheck', () => {
  it('reports the response time of PostgreSQL', async () => {
    let now = 100;
    const database = {
      ping: async () => {
        now += 12.4;
      },
    };
    const check = new DatabaseCheck(database, limits, () => now);
    expect(await check.health()).toEqual({ reachable: true, responseTimeMs: 12 });
  });

  it.each([
    [driverError({ code: 'ECONNREFUSED' }), 'PostgreSQL is not available (ECONNREFUSED)'],
    [driverError({ code: '28P01' }), 'PostgreSQL is not available (28P01)'],
    [new DOMException('late', 'TimeoutError'), 'PostgreSQL did not respond within 800 ms'],
    [driverError({}), 'PostgreSQL is not available'],
    [driverError({ code: 'hunter2' }), 'PostgreSQL is not available'],
    ['hunter2', 'PostgreSQL is not available'],
    [undefined, 'PostgreSQL is not available'],
  ])('reports why PostgreSQL is not available, without secrets: %p', async (cause, reason) => {
    for (const error of [cause, new DatabaseUnavailableError(cause)]) {
      const check = new DatabaseCheck(
        { ping: jest.fn<() => Promise<void>>().mockRejectedValue(error) },
        limits,
        () => 0,
      );
      expect(await check.health()).toEqual({ reachable: false, reason });
    }
  });

  it('caches the result of a ping, and notices a change afterward', async () => {
    let now = 0;
    const ping = jest.fn<(timeoutMs: number) => Promise<void>>().mockResolvedValueOnce(undefined);
    ping.mockRejectedValueOnce(new Error('gone'));
    const check = new DatabaseCheck({ ping }, limits, () => now);
    await Promise.all([check.health(), check.health()]);
    now = 999;
    expect(await check.health()).toMatchObject({ reachable: true });
    expect(ping.mock.calls).toEqual([[800]]);
    now = 1_000;
    expect(await check.health()).toMatchObject({ reachable: false });
  });
});
