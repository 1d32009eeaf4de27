import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, type Socket } from 'node:net';
import { WebSocketServer, type VerifyClientCallbackAsync, type WebSocket } from 'ws';
import { testCertificate, testKey } from './test-certificate.js';

/** Answers a frame. */
export type OnFrame = (frame: Record<string, unknown>, client: WebSocket) => void;

function readFrame(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return { $: text };
  }
}

/** A WebSocket server that says nothing by itself: specs read what came and write what goes, frame by frame. */
export class ScriptedServer {
  /** Parsed frames from all clients, in order; a text that is no JSON is at `$`. */
  readonly received: Record<string, unknown>[] = [];
  /** Every client so far, the first one first. */
  readonly clients: WebSocket[] = [];
  /** How they came. */
  readonly upgrades: IncomingMessage[] = [];
  /** The status that a handshake is answered with; 101 lets the client in. */
  judge: (upgrade: IncomingMessage) => number = () => 101;
  /** Said to every client as soon as it is there. */
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

  /** TCP connections open now, whether their handshake is done or not. */
  get openSockets(): number {
    return this.#sockets.size;
  }

  /** Resolves when the condition holds; it is looked at whenever something came or left. */
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
