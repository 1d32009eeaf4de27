import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { paced, type Pace } from './paced.js';
import { type Death, type ProxyFault } from './proxy-fault.js';

/** A TCP proxy before one server on this machine that harms the connections made while it is told to. */
export class FaultProxy {
  /** Connections whose client has not left. */
  readonly #clients = new Set<Socket>();
  readonly #sockets = new Set<Socket>();
  /** Says of a connection how it is dead. */
  readonly #open = new Map<Socket, (how: Death | undefined) => void>();
  #server: Server | undefined;
  #fault: ProxyFault = { kind: 'pass' };
  #port = 0;
  #watchers: (() => void)[] = [];

  /** Port of the server behind it; may be set later. */
  target = 0;

  static async start(target = 0): Promise<FaultProxy> {
    const proxy = new FaultProxy();
    proxy.target = target;
    await proxy.#listen();
    return proxy;
  }

  private constructor() {}

  get port(): number {
    return this.#port;
  }

  /** Connections that the client has neither ended nor cut. */
  get clients(): number {
    return this.#clients.size;
  }

  /** Holds for connections to come; those that are open stay as they were made. `refuse` needs an awaited call. */
  async behave(fault: ProxyFault): Promise<void> {
    this.#fault = fault;
    if (fault.kind === 'refuse') await this.#close();
    else if (this.#server === undefined) await this.#listen();
  }

  /** The connections that are open die, and nobody is told; those to come are well. Undefined: they are well again. */
  loseOpen(how: Death | undefined): void {
    for (const lose of this.#open.values()) lose(how);
  }

  /** Ends every connection, those that are half gone too. */
  cutAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Resolves when so many clients, or fewer, are connected. @throws Error when it does not come to this in time */
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
    this.#open.set(client, join(client, upstream, this.#fault));
  }
}

/**
 * Carries bytes both ways until the fault, and then does what the fault says.
 * @returns lets the connection die without a word, or live again as if nothing had been
 */
function join(client: Socket, upstream: Socket, fault: ProxyFault): (how: Death | undefined) => void {
  const { afterBytes = 0 } = fault;
  let passed = 0;
  let isHarmed = false;
  const down: Pace = paced(client, fault);

  const harm = (): void => {
    if (isHarmed) return;
    isHarmed = true;
    if (fault.kind === 'reset') client.resetAndDestroy();
    if (fault.kind === 'truncate') client.end();
    if (fault.kind === 'reset' || fault.kind === 'truncate' || fault.kind === 'half_open') upstream.destroy();
  };
  const isCutting = ['reset', 'truncate', 'half_open', 'blackhole'].includes(fault.kind);

  upstream.on('data', (bytes: Buffer) => {
    if (isHarmed) return;
    const whole = isCutting ? bytes.subarray(0, Math.max(0, afterBytes - passed)) : bytes;
    const unharmed = isCutting ? whole : bytes.subarray(0, Math.max(0, afterBytes - passed));
    passed += whole.length;
    if (unharmed.length > 0) client.write(unharmed, () => isCutting && passed >= afterBytes && harm());
    if (unharmed.length < whole.length) down.write(whole.subarray(unharmed.length));
  });
  let isForgotten = false;
  client.on('data', (bytes: Buffer) => {
    if (isForgotten) client.resetAndDestroy();
    if (!isHarmed) upstream.write(bytes);
  });
  upstream.on('end', () => {
    if (!isHarmed) down.end();
  });
  upstream.on('close', () => {
    if (!isHarmed && upstream.errored) client.resetAndDestroy();
  });
  client.on('end', () => {
    if (fault.kind === 'half_open') return;
    if (isHarmed) client.destroy();
    upstream.end();
  });
  client.on('close', () => {
    down.stop();
    upstream.destroy();
  });
  if (isCutting && afterBytes === 0) harm();
  return (how) => {
    isHarmed = how !== undefined;
    isForgotten = how === 'forgotten';
  };
}
