import { type IncomingMessage, type Server } from 'node:http';
import { type Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import { greetingActions } from './answer/greeting.js';
import { type Behavior, type HandshakeBehavior, REQUEST_SETTINGS } from './behavior/behavior.js';
import { BehaviorSource } from './behavior/behavior-source.js';
import { serveControl } from './control/control-server.js';
import { type DropOptions, type MockLlmOptions } from './mock-llm-options.js';
import { Connection } from './server/connection.js';
import { decideHandshake, refusalResponse } from './server/handshake.js';
import { Listener } from './server/listener.js';
import { type ReceivedRequest, RequestLog } from './server/request-log.js';
import { Ticker } from './server/ticker.js';
import { ConditionWaiter } from './server/condition-waiter.js';

/** How long a close handshake may take, in milliseconds. */
const CLOSE_TIMEOUT_MS = 1_000;
/** Interval and number of attempts to listen again while the port is in use. */
const RETURN_RETRY_MS = 50;
const RETURN_RETRIES = 100;

/**
 * A mock LLM server of the `guide` protocol over WebSocket, with configurable faults.
 *
 * A frozen connection, and one that never reads, does not notice that its client disconnects; it counts as open until
 * `reset()`, `dropConnections()`, `goDown()` or `stop()` ends it.
 */
export class MockLlm {
  readonly #path: string;
  readonly #behavior: BehaviorSource;
  readonly #listener: Listener;
  readonly #control: Listener | undefined;
  readonly #sockets: WebSocketServer;
  readonly #ticker = new Ticker();
  readonly #connections = new Set<Connection>();
  readonly #conditions = new ConditionWaiter();
  readonly #log: RequestLog;
  readonly #seed: number;
  readonly #multiplex: boolean;
  #accepted = 0;
  #stopped = false;
  #returnTimer: NodeJS.Timeout | undefined;

  /**
   * Starts a mock and resolves once it listens.
   * @throws InvalidBehaviorError, or the system's error if the port is in use
   */
  static async start(options: MockLlmOptions = {}): Promise<MockLlm> {
    const mock = new MockLlm(options);
    try {
      await mock.#listener.open();
      await mock.#control?.open();
    } catch (error) {
      await mock.stop();
      throw error;
    }
    return mock;
  }

  private constructor(options: MockLlmOptions) {
    this.#path = options.path ?? '/chat';
    this.#seed = options.seed ?? 1;
    this.#multiplex = options.multiplex ?? true;
    this.#behavior = new BehaviorSource(options.behavior);
    this.#log = new RequestLog(() => this.#conditions.changed(), options.onRequest, options.keepRequests);
    const sockets = {
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: options.maxPayload ?? 4 * 1024 * 1024,
      closeTimeout: CLOSE_TIMEOUT_MS,
    };
    this.#sockets = new WebSocketServer(sockets);
    const { host = '127.0.0.1', port = 0, controlPort } = options;
    this.#listener = new Listener(host, port, (server) => this.#setUp(server));
    if (controlPort !== undefined)
      this.#control = new Listener(host, controlPort, (server) => serveControl(server, this));
  }

  /** `ws://127.0.0.1:PORT/chat`. Stays the same while the mock is down. */
  get url(): string {
    return `ws://${this.#listener.authority}${this.#path}`;
  }

  get port(): number {
    return this.#listener.port;
  }

  /** `http://127.0.0.1:PORT`; undefined when there is no control port. */
  get controlUrl(): string | undefined {
    return this.#control && `http://${this.#control.authority}`;
  }

  /** The behavior without limited changes. */
  get behavior(): Behavior {
    return this.#behavior.current;
  }

  /** The last requests, oldest first; each is updated while it is answered. */
  get requests(): readonly ReceivedRequest[] {
    return this.#log.records;
  }

  /** Requests received since the start or the last `reset()`. */
  get requestsReceived(): number {
    return this.#log.received;
  }

  /** Connections open now. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Connections ever accepted. */
  get connectionsAccepted(): number {
    return this.#accepted;
  }

  /** Whether connections are refused after `goDown()`. */
  get isDown(): boolean {
    return !this.#listener.isOpen;
  }

  /** Changes the behavior from now on; requests already received are answered as planned. @throws InvalidBehaviorError */
  behave(change: Partial<Behavior>): void {
    this.#behavior.merge(change);
  }

  /**
   * Changes the behavior for the next `count` requests (handshake settings: connections). Several changes are queued; an
   * empty one queues ordinary behavior.
   * @throws InvalidBehaviorError, RangeError
   */
  behaveOnce(change: Partial<Behavior>, count = 1): void {
    this.#behavior.once(change, count);
  }

  /** Restores the initial state: behavior, listening, no recorded requests, no frozen connections. Other connections stay open. */
  async reset(): Promise<void> {
    this.#behavior.reset();
    for (const connection of this.#connections) if (connection.isStuck) connection.terminate();
    this.#log.clear();
    await this.comeUp();
  }

  /** Ends all connections and refuses new ones (ECONNREFUSED). @param forMs for so long; default: until `comeUp()` */
  async goDown(forMs?: number): Promise<void> {
    clearTimeout(this.#returnTimer);
    for (const connection of this.#connections) connection.terminate();
    const closed = this.#listener.close();
    if (forMs !== undefined && !this.#stopped) this.#returnIn(forMs, RETURN_RETRIES);
    await closed;
  }

  /** Listens again, on the same port, unless it does. @throws the system's error if the port is in use */
  async comeUp(): Promise<void> {
    if (this.#stopped) throw new Error('This mock LLM has been stopped.');
    clearTimeout(this.#returnTimer);
    await this.#listener.open();
    this.#conditions.changed();
  }

  /** Ends all open connections, but keeps listening. Returns their number. @throws RangeError */
  dropConnections({ code = 1001, reason = '' }: DropOptions = {}): number {
    if (code !== 'reset' && !REQUEST_SETTINGS.closeCode.accepts(code)) {
      throw new RangeError(`code: must be ${REQUEST_SETTINGS.closeCode.takes}, or reset`);
    }
    if (!REQUEST_SETTINGS.closeReason.accepts(reason)) {
      throw new RangeError(`reason: must be ${REQUEST_SETTINGS.closeReason.takes}`);
    }
    const open = [...this.#connections];
    for (const connection of open) {
      if (code === 'reset') connection.reset();
      else if (connection.isStuck) connection.terminate();
      else connection.close(code, reason);
    }
    return open.length;
  }

  /**
   * Resolves when the condition holds; it is checked now and whenever a request or connection begins or ends.
   * @throws Error if it does not hold in time, or when the mock stops
   */
  waitFor(condition: (mock: this) => boolean, timeoutMs = 5_000): Promise<void> {
    return this.#conditions.waitFor(() => condition(this), timeoutMs);
  }

  /** Stops the mock immediately and releases all resources. Idempotent. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([this.goDown(), this.#control?.close()]);
    this.#ticker.stop();
    this.#conditions.end();
  }

  #setUp(server: Server): void {
    server.on('request', (_request, response) => {
      response
        .writeHead(426, { 'Content-Type': 'text/plain', Upgrade: 'websocket' })
        .end('This is a WebSocket server.\n');
    });
    server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      const behavior = this.#behavior.nextHandshake();
      const facts = {
        path: request.url?.split('?')[0] ?? '',
        authorization: request.headers.authorization,
        openConnections: this.#connections.size,
      };
      const decision = decideHandshake(facts, this.#path, behavior);
      if (decision.kind === 'hang') return;
      if (decision.kind === 'refuse') {
        socket.end(refusalResponse(decision.status, behavior.retryAfter));
        return;
      }
      this.#accept(request, socket, head, behavior);
    });
  }

  #accept(request: IncomingMessage, socket: Socket, head: Buffer, behavior: HandshakeBehavior): void {
    this.#sockets.handleUpgrade(request, socket, head, (ws) => {
      this.#accepted += 1;
      const connection = new Connection(ws, socket, this.#accepted, request.headers, {
        log: this.#log,
        ticker: this.#ticker,
        seed: this.#seed,
        multiplex: this.#multiplex,
        nextRequest: () => this.#behavior.nextRequest(),
        goDown: (forMs) => void this.goDown(forMs),
      });
      this.#connections.add(connection);
      ws.on('close', () => {
        this.#connections.delete(connection);
        this.#conditions.changed();
      });
      for (const action of greetingActions(behavior)) connection.perform(action);
      if (behavior.neverRead) connection.freeze();
      this.#conditions.changed();
    });
  }

  #returnIn(ms: number, retries: number): void {
    this.#returnTimer = setTimeout(() => {
      this.comeUp().catch((error: unknown) => {
        if (this.#stopped) return;
        if (retries > 0) this.#returnIn(RETURN_RETRY_MS, retries - 1);
        else process.emitWarning(`The mock LLM cannot come up again: ${String(error)}`);
      });
    }, ms);
  }
}
