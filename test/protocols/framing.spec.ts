import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { type LlmClient, type ProtocolDescription } from '#llm';
import { ScriptedServer, type OnFrame } from '#testing';
import { collectAnswer } from '../../libs/llm/src/testing/client-setup.js';
import { streamed } from '../../libs/llm/src/testing/transport-setup.js';
import { describedClient } from './described-client.js';

let client: LlmClient;
afterEach(() => client.close());

describe('frames with separators', () => {
  let server: ScriptedServer;
  afterEach(() => server.stop());

  const signalR: Omit<ProtocolDescription, 'name'> = {
    separator: '\x1e',
    handshake: [{ send: { protocol: 'json', version: 1 } }, { expect: { type: { present: false } } }],
    request: { send: { type: 4, invocationId: '{{id}}', target: 'Ask', arguments: ['{{message}}'] } },
    correlation: { request: 'invocationId' },
    delta: { when: { type: 2 }, text: 'item' },
    error: { when: { type: 3, error: { present: true } }, message: 'error' },
    end: { when: { type: 3 } },
    connection: { keepalive: { send: { type: 6 }, every: 15 } },
  };
  const answer: OnFrame = (_, socket) => {
    const { $: text } = server.received.at(-1) as { $: string };
    if (text.includes('version')) return socket.send('{}\x1e');
    const { invocationId } = JSON.parse(text.slice(0, -1)) as { invocationId: string };
    const frame = (more: object) => `${JSON.stringify({ invocationId, ...more })}\x1e`;
    const end = frame({ type: 3 });
    socket.send(
      `{"type":6}\x1e${frame({ type: 2, item: 'Hel' })}${frame({ type: 2, item: 'lo' })}${end.slice(0, 5)}`,
    );
    socket.send(end.slice(5));
  };

  it('may share a message, and may be divided between messages', async () => {
    server = await ScriptedServer.start(answer);
    client = describedClient(server.url, signalR);
    for (let turn = 0; turn < 2; turn += 1) {
      expect(await collectAnswer(client, streamed)).toMatchObject({ text: 'Hello', deltas: 2 });
    }
    expect(server.clients).toHaveLength(1);
    expect(server.received[0]).toEqual({ $: '{"protocol":"json","version":1}\x1e' });
  });

  it('fail with a named error if they never end', async () => {
    server = await ScriptedServer.start((_, socket) => {
      for (let part = 0; part < 3; part += 1) socket.send(`{"text":"${'a'.repeat(500_000)}`);
    });
    client = describedClient(server.url, {
      separator: '\n',
      request: { send: { m: '{{message}}' } },
      delta: { text: 'text' },
    });
    const { attempts } = await collectAnswer(client, streamed);
    expect(attempts).toMatchObject([
      {
        errorCode: 'invalid_frame',
        errorMessage: expect.stringContaining('a frame without its separator is longer') as string,
      },
    ]);
  });

  it('binary frames between them are ignored if the description says so', async () => {
    server = await ScriptedServer.start((_, socket) => {
      socket.send(Buffer.from([1, 2, 255]));
      socket.send('{"text":"Hel"}');
      socket.send(Buffer.from([0]));
      socket.send('{"text":"lo","last":true}');
    });
    const description: Omit<ProtocolDescription, 'name'> = {
      handshake: [{ send: 'hello' }, { expect: { text: 'Hel' } }, { expect: { last: true } }],
      request: { send: { m: '{{message}}' } },
      delta: { text: 'text' },
      end: { when: { last: true }, piece: 'text' },
    };
    client = describedClient(server.url, { ...description, connection: { binary: 'ignore' } });
    expect(await collectAnswer(client, streamed)).toMatchObject({ text: 'Hello' });
  });
});

describe('Socket.IO', () => {
  const http = createServer();
  const io = new Server(http, { pingInterval: 100, pingTimeout: 200 });
  io.use((socket, next) =>
    next(socket.handshake.auth.token === 'sk-secret' ? undefined : new Error('invalid token')),
  );
  io.on('connection', (socket) => {
    socket.on('ask', ({ message }: { message: string }) => {
      for (const word of `You said ${message}`.split(' ')) socket.emit('token', { text: `${word} ` });
      socket.emit('audio', Buffer.from([1, 2, 3]));
      setTimeout(() => socket.emit('done'), message === 'slowly' ? 350 : 0);
    });
    socket.on('whole', (message: string, reply: (answer: object) => void) => {
      reply({ text: `You said ${message}` });
    });
  });
  const url = () => `ws://127.0.0.1:${(http.address() as AddressInfo).port}`;
  beforeAll(async () => {
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
  });
  afterAll(() => io.close());

  const chat: Omit<ProtocolDescription, 'name'> = {
    framing: 'socket.io',
    socket_io: { auth: { token: '{{api_key}}' } },
    request: { send: [['ask', { message: '{{message}}' }]] },
    delta: { when: { 0: 'token' }, text: '1.text' },
    end: { when: { 0: 'done' } },
    connection: { binary: 'ignore' },
  };

  it('carries events to a server of the package socket.io, whose pings are answered', async () => {
    client = describedClient(url(), chat);
    for (const message of ['slowly', 'hi']) {
      expect(await collectAnswer(client, { ...streamed, message, conversationId: 'c' })).toMatchObject({
        text: `You said ${message} `,
      });
    }
  });

  it('reports a refusal', async () => {
    client = describedClient(url(), { ...chat, socket_io: { auth: { token: 'other' } } });
    expect((await collectAnswer(client, streamed)).attempts).toMatchObject([
      { errorCode: 'unauthorized', errorMessage: 'invalid token' },
    ]);
  });

  it('may have its answers in acknowledgements', async () => {
    client = describedClient(url(), {
      ...chat,
      socket_io: { auth: { token: '{{api_key}}' }, ack: true },
      request: { send: [['whole', '{{message}}']] },
      correlation: { request: '0.ack', ids: 'number' },
      end: { when: { '0.ack': { present: true } }, text: '1.text' },
    });
    expect(await client.complete({ message: 'hi', stream: false })).toMatchObject({ text: 'You said hi' });
  });
});
