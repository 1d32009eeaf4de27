import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, type Socket } from 'node:net';
import { WebSocketServer, type VerifyClientCallbackAsync, type WebSocket } from 'ws';
import { testCertificate, testKey } from './test-certificate.js';

/** Called with each parsed frame and its client, to answer it. */
export type OnFrame = (frame: Record<string, unknown>, client: WebSocket) => void;

function readFrame(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return { $: text };
  }
}

/** A WebSocket server that sends only frames of the spec, and keeps all that it receives. */
export class ScriptedServer {
  /** Parsed frames of all clients, in order. A text that is not JSON is in the member `$`. */
  readonly received: Record<string, unknown>[] = [];
  /** All clients so far, in order. */
  readonly clients: WebSocket[] = [];
  /** The upgrade request of each client. */
  readonly upgrades: IncomingMessage[] = [];
  /** Returns the status of a handshake; 101 accepts it. */
  judge: (upgrade: IncomingMessage) => number = () => 101;
  /** Frames that are sent to every new client. */
  greeting: object[] = [];
  readonly #server;
  readonly #scheme: string;
  readonly #sockets = new Set<Socket>();
  #wake: (() => void)[] = [];

  /** @param onFrame called with each frame, to answer it */
  static async start(onFrame: OnFrame = () => undefined, tls = false): Promise<ScriptedServer> {
    const server = new ScriptedServer(onFrame, tls);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  private constructor(onFrame: OnFrame, tls: boolean) {
    this.#scheme = tls ? 'wss' : 'ws';
    this.#server = tls ? createTlsServer({ cert: testCertificate, key: testKey }) : createServer();
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        this.#changed();
      });
    });
    const verifyClient: VerifyClientCallbackAsync = ({ req }, done) => {
      const status = this.judge(req);
      done(status === 101, status);
    };
    new WebSocketServer({ server: this.#server, verifyClient }).on('connection', (client, upgrade) => {
      this.clients.push(client);
      this.upgrades.push(upgrade);
      for (const frame of this.greeting) client.send(JSON.stringify(frame));
      client.on('error', () => undefined);
      client.on('message', (data) => {
        const frame = readFrame((data as Buffer).toString());
        this.received.push(frame);
        onFrame(frame, client);
        this.#changed();
      });
      this.#changed();
    });
  }

  get url(): string {
    return `${this.#scheme}://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** The number of open TCP connections, with or without a finished handshake. */
  get openSockets(): number {
    return this.#sockets.size;
  }

  /** Resolves when the condition holds. It is checked after every connection, disconnection and frame. */
  async until(condition: (server: this) => boolean): Promise<void> {
    while (!condition(this)) await new Promise<void>((resolve) => this.#wake.push(resolve));
  }

  async stop(): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, 'close');
  }

  #changed(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}
