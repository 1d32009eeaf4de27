import { jest } from '@jest/globals';
import { DatabaseUnavailableError } from '#database';
import { DatabaseCheck } from './database-check.js';

const limits = { databaseTimeoutMs: 800, databaseCacheMs: 1_000 };

/** What a socket, PostgreSQL or pg throws: the password is in none of our answers. */
function driverError(fields: object): Error {
  return Object.assign(new Error('password "hunter2" failed for user "parley" at db.internal'), fields);
}

describe('DatabaseCheck', () => {
  it('tells how long PostgreSQL took', async () => {
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
    [new DOMException('late', 'TimeoutError'), 'PostgreSQL did not answer within 800 ms'],
    [driverError({}), 'PostgreSQL is not available'],
    [driverError({ code: 'hunter2' }), 'PostgreSQL is not available'],
    ['hunter2', 'PostgreSQL is not available'],
    [undefined, 'PostgreSQL is not available'],
  ])('tells why PostgreSQL is away, and no secret: %p', async (cause, reason) => {
    for (const error of [cause, new DatabaseUnavailableError(cause)]) {
      const check = new DatabaseCheck(
        { ping: jest.fn<() => Promise<void>>().mockRejectedValue(error) },
        limits,
        () => 0,
      );
      expect(await check.health()).toEqual({ reachable: false, reason });
    }
  });

  it('asks once in a while, with the time limit, and notices a change after that', async () => {
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
