import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { pacedWriter, type PacedWriter } from './paced-writer.js';
import { type ConnectionLoss, type ProxyFault } from './proxy-fault.js';

/** A TCP proxy in front of one local server that injects network faults into its connections. */
export class FaultProxy {
  /** Connections that their client has not ended. */
  readonly #clients = new Set<Socket>();
  readonly #sockets = new Set<Socket>();
  /** For each open connection: a function that loses or restores it. */
  readonly #open = new Map<Socket, (how: ConnectionLoss | undefined) => void>();
  #server: Server | undefined;
  #fault: ProxyFault = { kind: 'pass' };
  #port = 0;
  #watchers: (() => void)[] = [];

  /** The port of the server behind the proxy; may be set later. */
  target = 0;

  static async start(target = 0): Promise<FaultProxy> {
    const proxy = new FaultProxy();
    proxy.target = target;
    await proxy.#listen();
    return proxy;
  }

  private constructor() {}

  /** The port of the proxy on 127.0.0.1. */
  get port(): number {
    return this.#port;
  }

  /** The number of connections that the client has not ended. */
  get clients(): number {
    return this.#clients.size;
  }

  /** Sets the fault of future connections; open ones keep theirs. Await the call for `refuse`. */
  async behave(fault: ProxyFault): Promise<void> {
    this.#fault = fault;
    if (fault.kind === 'refuse') await this.#close();
    else if (this.#server === undefined) await this.#listen();
  }

  /** Loses all open connections without notice to either side; undefined restores them. Future connections are healthy. */
  loseConnections(how: ConnectionLoss | undefined): void {
    for (const lose of this.#open.values()) lose(how);
  }

  /** Destroys every connection, including half-open ones. */
  cutAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Resolves when at most `most` clients are connected. @throws Error after `timeoutMs` */
  async waitForClients(most: number, timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    while (this.clients > most) {
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) throw new Error(`${this.clients} clients are still connected`);
      const change = Promise.withResolvers<void>();
      const timer = setTimeout(change.resolve, leftMs);
      this.#watchers.push(change.resolve);
      await change.promise;
      clearTimeout(timer);
    }
  }

  /** Destroys every connection and stops listening. */
  async stop(): Promise<void> {
    this.cutAll();
    await this.#close();
  }

  async #listen(): Promise<void> {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#connected(client));
    this.#server = server;
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
  }

  async #close(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    server.close();
    this.cutAll();
    await once(server, 'close');
  }

  #connected(client: Socket): void {
    const upstream = connect({ port: this.target, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    this.#clients.add(client);
    const left = (): void => {
      this.#clients.delete(client);
      for (const wake of this.#watchers.splice(0)) wake();
    };
    for (const socket of [client, upstream]) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.#sockets.delete(socket));
    }
    client.on('end', left);
    client.on('close', left);
    client.on('close', () => this.#open.delete(client));
    this.#open.set(client, forward(client, upstream, this.#fault));
  }
}

/**
 * Forwards bytes in both directions until the fault occurs.
 * @returns a function that loses the connection or (undefined) restores it
 */
function forward(
  client: Socket,
  upstream: Socket,
  fault: ProxyFault,
): (how: ConnectionLoss | undefined) => void {
  const { afterBytes = 0 } = fault;
  let passed = 0;
  let isFaulty = false;
  const down: PacedWriter = pacedWriter(client, fault);

  const startFault = (): void => {
    if (isFaulty) return;
    isFaulty = true;
    if (fault.kind === 'reset') client.resetAndDestroy();
    if (fault.kind === 'truncate') client.end();
    if (fault.kind === 'reset' || fault.kind === 'truncate' || fault.kind === 'half_open') upstream.destroy();
  };
  const stopsData = ['reset', 'truncate', 'half_open', 'blackhole'].includes(fault.kind);

  upstream.on('data', (bytes: Buffer) => {
    if (isFaulty) return;
    const passing = stopsData ? bytes.subarray(0, Math.max(0, afterBytes - passed)) : bytes;
    const beforeFault = stopsData ? passing : bytes.subarray(0, Math.max(0, afterBytes - passed));
    passed += passing.length;
    if (beforeFault.length > 0)
      client.write(beforeFault, () => stopsData && passed >= afterBytes && startFault());
    if (beforeFault.length < passing.length) down.write(passing.subarray(beforeFault.length));
  });
  let isForgotten = false;
  client.on('data', (bytes: Buffer) => {
    if (isForgotten) client.resetAndDestroy();
    if (!isFaulty) upstream.write(bytes);
  });
  upstream.on('end', () => {
    if (!isFaulty) down.end();
  });
  upstream.on('close', () => {
    if (!isFaulty && upstream.errored) client.resetAndDestroy();
  });
  client.on('end', () => {
    if (fault.kind === 'half_open') return;
    if (isFaulty) client.destroy();
    upstream.end();
  });
  client.on('close', () => {
    down.stop();
    upstream.destroy();
  });
  if (stopsData && afterBytes === 0) startFault();
  return (how) => {
    isFaulty = how !== undefined;
    isForgotten = how === 'forgotten';
  };
}
