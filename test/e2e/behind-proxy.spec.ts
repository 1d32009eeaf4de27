import { RawHttp } from '#testing';
import { Stack } from '../harness/stack.js';

const key = 'ann-key-0123456789abcdef';
const wrong = 'wrong-key-0123456789abcdef';

/** The test acts as the proxy, at 127.0.0.1. */
describe('behind a reverse proxy', () => {
  const start = (trustProxy: string) =>
    Stack.start({
      environment: {
        AUTH: 'keys',
        API_KEYS: `ann:${key}`,
        FAILED_SIGN_INS: '2',
        ANONYMOUS_CONNECTIONS: '3',
        TRUST_PROXY: trustProxy,
      },
    });
  const statusesOf = async (stack: Stack, forwarded: readonly string[], presented = wrong) => {
    const statuses: number[] = [];
    for (const clients of forwarded) {
      const headers = { 'x-api-key': presented, 'x-forwarded-for': clients };
      statuses.push((await stack.call('GET', '/api/conversations', undefined, headers)).status);
    }
    return statuses;
  };

  it.each(['127.0.0.1', 'loopback', '1'])(
    'counts failed sign-ins for the client that the proxy names (TRUST_PROXY=%s)',
    async (trustProxy) => {
      const stack = await start(trustProxy);
      const mallory = '203.0.113.1';
      expect(await statusesOf(stack, [mallory, mallory, mallory])).toEqual([401, 401, 429]);
      // Addresses that the client adds itself have no effect.
      expect(await statusesOf(stack, [`198.51.100.7, ${mallory}`])).toEqual([429]);
      expect(await statusesOf(stack, ['203.0.113.2', `${mallory}, 203.0.113.3`])).toEqual([401, 401]);
      expect(await statusesOf(stack, [mallory], key)).toEqual([200]);
      await stack.stop();
    },
  );

  it('trusts no other address, and does not count the connections of the proxy', async () => {
    const alone = await start('');
    expect(await statusesOf(alone, ['203.0.113.1', '203.0.113.2', '203.0.113.3'])).toEqual([401, 401, 429]);
    await alone.stop();

    const stack = await start('loopback');
    const idle = await Promise.all(Array.from({ length: 12 }, () => RawHttp.open(stack.url)));
    for (const connection of idle) {
      connection.write(RawHttp.head('GET', '/health/live'));
      await connection.until(() => connection.statuses.length === 1);
    }
    expect(idle.filter(({ isClosed }) => isClosed)).toEqual([]);
    for (const connection of idle) connection.close();
    await stack.stop();
  });
});
