import { once } from 'node:events';
import { type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type WebSocket, WebSocketServer } from 'ws';

/** Answers a question of the form `H:mode argument`. */
type Mode = (socket: WebSocket, argument: number) => void | Promise<void>;

const end = {
  response: 'fine',
  done: true,
  tokens_used: 3,
  model: 'm',
  finish_reason: 'completed',
  metadata: {},
};

const answer =
  (frame: (argument: number) => string): Mode =>
  (socket, argument) =>
    send(socket, frame(argument));

const modes: Record<string, Mode> = {
  length: answer((n) => JSON.stringify({ ...end, response: 'x'.repeat(n) })),
  deepmetadata: answer((n) => `{"response":"x","metadata":${'{"a":'.repeat(n)}1${'}'.repeat(n)}}`),
  bigmetadata: answer((n) => JSON.stringify({ ...end, metadata: { big: 'z'.repeat(n) } })),
  // As text: an object with as many keys would block this server, and so the chats of others, for most of a second.
  manymetadata: answer((n) => {
    const members = Array.from({ length: n }, (_, at) => `"k${at}":${at}`);
    return `{"response":"fine","done":true,"metadata":{${members.join(',')}}}`;
  }),
  deepframe: answer((n) => `{"response":"x","z":${'['.repeat(n)}${']'.repeat(n)}}`),
  manytokens: answer(() => JSON.stringify({ ...end, tokens_used: Number.MAX_SAFE_INTEGER })),
  negativetokens: answer(() => JSON.stringify({ ...end, tokens_used: -5 })),
  infinitetokens: answer(() => '{"response":"x","tokens_used":1e308,"done":true}'),
  control: answer(() => JSON.stringify({ ...end, response: 'a\u0000b\u001b[2J', model: '\u0000m' })),
  model: answer((n) => JSON.stringify({ ...end, model: `m${n}` })),
  /** Never ends. */
  drip: async (socket) => {
    while (socket.readyState === socket.OPEN) {
      send(socket, '{"chunk":"."}');
      await sleep(500);
    }
  },
  /** Pieces of 1,000 equal characters. */
  repetitive: async (socket, pieces) => {
    const frame = JSON.stringify({ chunk: 'H'.repeat(1_000) });
    for (let sent = 0; sent < pieces && socket.readyState === socket.OPEN; sent += 1) {
      send(socket, frame);
      if (sent % 50 === 0) await sleep(2);
    }
    send(socket, JSON.stringify({ done: true }));
  },
  /** Many tiny pieces, as fast as they are read. */
  flood: async (socket, pieces) => {
    for (let sent = 0; sent < pieces && socket.readyState === socket.OPEN; sent += 1) {
      send(socket, '{"chunk":"a"}');
      if (sent % 5_000 === 0) await sleep(1);
    }
    send(socket, JSON.stringify({ done: true }));
  },
};

/**
 * An LLM server with the guide protocol whose hostile behavior the question selects; other questions get `fine`. Run as a
 * program, it prints its address and serves until it is killed.
 */
export class HostileLlm {
  readonly url: string;
  readonly #server: WebSocketServer;

  private constructor(server: WebSocketServer, url: string) {
    this.#server = server;
    this.url = url;
  }

  static async start(): Promise<HostileLlm> {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
    server.on('connection', (socket) => {
      socket.on('error', () => undefined);
      socket.on('message', (data: Buffer) => {
        const { message } = JSON.parse(data.toString()) as { message: string };
        const [, name = '', argument = '0'] = /^H:(\w+)(?: (\d+))?/.exec(message) ?? [];
        void (modes[name] ?? answer(() => JSON.stringify(end)))(socket, Number(argument));
      });
    });
    await once(server, 'listening');
    return new HostileLlm(server, `ws://127.0.0.1:${(server.address() as AddressInfo).port}/chat`);
  }

  async stop(): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

function send(socket: WebSocket, frame: string): void {
  if (socket.readyState === socket.OPEN) socket.send(frame);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url } = await HostileLlm.start();
  process.stdout.write(`${url}\n`);
}
