import { SecretRedactor } from '../../redaction/secret-redactor.js';
import { LlmServerError } from '../../errors/answer-errors.js';
import { type Handshake, type LlmProtocol } from '../../protocols/protocol.js';
import { FakeClock } from '../../testing/fake-clock.js';
import { testProtocol } from '../../testing/test-protocol.js';
import { ScriptedServer } from '#testing';
import { poolContext, streamed } from '../../testing/transport-setup.js';
import { type Connection } from '../connection.js';
import { openConnection, reuseOf } from './open-connection.js';

let server: ScriptedServer;
let clock: FakeClock;
let connection: Connection | undefined;

beforeEach(async () => {
  server = await ScriptedServer.start();
  clock = new FakeClock();
});
afterEach(async () => {
  connection?.close();
  connection = undefined;
  await server.stop();
});

const parse = (frame: string) => JSON.parse(frame) as Record<string, unknown>;

async function open(more: Partial<LlmProtocol>): Promise<Connection> {
  const context = poolContext(server.url, {}, clock);
  const pool = {
    ...context,
    protocol: { ...testProtocol, ...more },
    address: { ...context.address, redactor: new SecretRedactor({ secrets: ['sk-secret'] }) },
  };
  connection = await openConnection(
    pool,
    reuseOf(pool, () => undefined),
    'm',
    new AbortController().signal,
    { onClose: () => undefined },
  );
  return connection;
}

/** A handshake of hello, challenge and response. */
function* challengeResponse(): Handshake {
  const { nonce } = parse(yield ['{"hello":1}', '{"version":2}']);
  let reply = parse(yield [JSON.stringify({ nonce })]);
  while (!('ok' in reply)) reply = parse(yield []);
  if (reply.ok !== true) throw new LlmServerError('unauthorized', String(reply.ok));
  return { learned: { session: reply.session }, send: ['{"thanks":1}'] };
}

describe('a handshake', () => {
  it('exchanges frames before the first request, which contains the values that it saved', async () => {
    const opening = open({
      handshake: challengeResponse,
      encode: (_, { learned }) => JSON.stringify({ learned }),
    });
    await server.until(({ received }) => received.length === 2);
    const [client] = server.clients;
    client!.send('{"nonce":"n"}');
    await server.until(({ received }) => received.length === 3);
    client!.send('{"please":"wait"}');
    client!.send('{"ok":true,"session":"s"}');
    const listener = { event: () => undefined, failed: () => undefined };
    (await opening).send(streamed, listener);
    await server.until(({ received }) => received.length === 5);
    expect(server.received.slice(2)).toEqual([{ nonce: 'n' }, { thanks: 1 }, { learned: { session: 's' } }]);
    expect(clock.pending).toBe(0);
  });

  it('may begin with the server, and loses no frame that follows immediately', async () => {
    server.greeting = [{ nonce: 1 }, { ok: true }, { bye: true }];
    function* listening(): Handshake {
      yield [];
      yield [];
    }
    // The third frame announces a close: reading it closes the connection.
    await expect(open({ handshake: listening })).rejects.toMatchObject({ closeCode: 1000 });
  });

  it('rejects with the error of the server, without the key', async () => {
    server.greeting = [{ ok: 'no such key: sk-secret' }];
    function* asking(): Handshake {
      throw new LlmServerError('unauthorized', String(parse(yield []).ok));
    }
    await expect(open({ handshake: asking })).rejects.toMatchObject({
      code: 'unauthorized',
      message: 'no such key: [secret]',
    });
    await server.until(({ openSockets }) => openSockets === 0);
  });

  it('fails at an invalid frame', async () => {
    server.greeting = [{ ok: 1 }];
    function* broken(): Handshake {
      JSON.parse((yield []) + '}');
    }
    await expect(open({ handshake: broken })).rejects.toMatchObject({ code: 'invalid_frame' });
  });

  it('fails when the server closes', async () => {
    const opening = open({ handshake: challengeResponse });
    await server.until(({ received }) => received.length === 2);
    server.clients[0]!.close(4001, 'not you, sk-secret');
    await expect(opening).rejects.toMatchObject({
      closeCode: 4001,
      message: expect.stringContaining('not you, [secret]') as string,
    });
    expect(clock.pending).toBe(0);
  });

  it.each([
    [undefined, 5_000],
    [60_000, 60_000],
  ])('has the timeout of the connect, or that of the protocol: %s', async (connectMs, limit) => {
    const opening = open({ handshake: challengeResponse, limits: { connectMs } });
    const failed = expect(opening).rejects.toMatchObject({ code: 'connect_timeout' });
    await server.until(({ received }) => received.length === 2);
    clock.advance(limit - 1);
    expect(server.openSockets).toBe(1);
    clock.advance(1);
    await failed;
    await server.until(({ openSockets }) => openSockets === 0);
  });
});

describe('the address', () => {
  it('is signed at every connect, with headers and subprotocols', async () => {
    const more: Partial<LlmProtocol> = {
      sign: async ({ url, headers }, { model, now, credentials }) => ({
        url: `${url}chat?model=${model}&at=${now.getTime()}&key=${credentials.apiKey}`,
        headers: { ...headers, 'X-Signed': 'yes' },
        subprotocols: ['chat.v1', 'key.k'],
      }),
    };
    await open(more);
    clock.advance(1_000);
    connection?.close();
    await open(more);
    const at = clock.date().getTime();
    expect(server.upgrades.map(({ url }) => url)).toEqual([
      `/chat?model=m&at=${at - 1_000}&key=sk-secret`,
      `/chat?model=m&at=${at}&key=sk-secret`,
    ]);
    expect(server.upgrades[0]!.headers).toMatchObject({
      authorization: 'Bearer sk-secret',
      'x-signed': 'yes',
      'sec-websocket-protocol': 'chat.v1,key.k',
    });
    expect(server.upgrades[0]!.headers).not.toHaveProperty('origin');
  });

  it('fails the connect if it cannot be signed in time', async () => {
    const sign = () => Promise.reject(new Error('no token'));
    await expect(open({ sign })).rejects.toMatchObject({
      code: 'connect_failed',
      message: expect.stringContaining('no token') as string,
    });
    const hung = expect(open({ sign: () => new Promise(() => undefined) })).rejects.toMatchObject({
      code: 'connect_timeout',
    });
    clock.advance(5_000);
    await hung;
    expect(server.openSockets).toBe(0);
  });

  it('has the headers of the protocol', async () => {
    await open({ headers: ({ clientId }) => ({ 'X-Client': clientId }) });
    expect(server.upgrades[0]!.headers).toHaveProperty('x-client', 'chatbot-client');
    expect(server.upgrades[0]!.headers).not.toHaveProperty('authorization');
  });
});
