import { once } from 'node:events';
import { connect } from 'node:net';
import { RawHttp } from '#testing';
import { Stack } from '../harness/stack.js';

const ann = 'ann-key-0123456789abcdef';
const { head } = RawHttp;

/** Another loopback address stands for `::1`, which not every machine has. */
describe('on every address of localhost', () => {
  let stack: Stack;
  const connections: RawHttp[] = [];
  const further = (): string => stack.url.replace('127.0.0.1', '127.0.0.2');
  const open = async (): Promise<RawHttp> => {
    const connection = await RawHttp.open(further(), '127.0.0.2');
    connections.push(connection);
    return connection;
  };

  beforeAll(async () => {
    stack = await Stack.start({
      environment: { AUTH: 'keys', API_KEYS: `ann:${ann}`, ANONYMOUS_CONNECTIONS: '3' },
      furtherAddresses: ['127.0.0.2', '203.0.113.1'],
    });
  });
  afterEach(() => {
    for (const connection of connections.splice(0)) connection.close();
  });
  afterAll(() => stack.stop());

  it('serves requests, and sends 100 Continue only with a valid key', async () => {
    const waits = ['Content-Type: application/json', 'Content-Length: 16', 'Expect: 100-continue'];
    const unknown = await open();
    unknown.write(head('POST', '/api/chat', waits));
    await unknown.untilClosed();
    expect(unknown.statuses).toEqual([401]);

    const known = await open();
    known.write(head('POST', '/api/chat', [...waits, `Authorization: Bearer ${ann}`]));
    await known.until(() => known.statuses.length === 1);
    known.write('{"message":"hi"}');
    await known.until(() => known.statuses.length === 2);
    expect(known.statuses).toEqual([100, 200]);
  });

  it('limits connections without a key', async () => {
    const opened = [await open(), await open(), await open(), await open(), await open()];
    await opened[0]!.untilClosed();
    await opened[1]!.untilClosed();
    expect(opened.map(({ statuses }) => statuses)).toEqual([[429], [429], [], [], []]);
  });

  it('closes all of them, even with an idle connection', async () => {
    const idle = await open();
    idle.write(head('GET', '/health/live'));
    await idle.until(() => idle.statuses.length === 1);
    const unused = await open();
    const { port } = new URL(stack.url);
    await stack.close();
    await Promise.all([idle.untilClosed(), unused.untilClosed()]);
    const late = connect({ host: '127.0.0.2', port: Number(port) });
    await expect(once(late, 'connect')).rejects.toThrow('ECONNREFUSED');
    await stack.open(Number(port));
  });
});
