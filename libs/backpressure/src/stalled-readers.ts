import { type Server, type Socket } from 'node:net';
import { portsOf, readSendQueues } from './send-queues.js';

/** Options of {@link StalledReaders}. */
export interface StalledReadersOptions {
  /** How long a reader may read nothing while bytes wait for it, in ms. */
  stallMs: number;
  /** Called after the connection of a stalled reader was closed, with the reader's IP address. */
  onStalledReader?: (address: string | undefined) => void;
  /** Bytes in the kernel's send queues, by {@link portsOf}. */
  readQueues?: () => Promise<Map<string, number>>;
  /** Monotonic time in ms. */
  now?: () => number;
}

/** The progress of a reader for which bytes wait. */
interface Progress {
  /** Bytes that the kernel has accepted. */
  accepted: number;
  /** Bytes in the kernel's send queue; undefined if not checked yet. */
  queued: number | undefined;
  /** When either of the two last changed, in ms. */
  since: number;
}

/** Number of checks per `stallMs`. */
const checksPerStall = 10;

/**
 * Closes the connections of readers that read nothing although bytes wait for them. Slow readers, idle event streams and
 * connections between two requests are not affected.
 */
export class StalledReaders {
  readonly #sockets = new Set<Socket>();
  readonly #waiting = new Map<Socket, Progress>();
  readonly #timer: NodeJS.Timeout;
  readonly #readQueues: () => Promise<Map<string, number>>;
  readonly #now: () => number;
  #isChecking = false;
  readonly #options: StalledReadersOptions;

  constructor(server: Server, options: StalledReadersOptions) {
    this.#options = options;
    this.#readQueues = options.readQueues ?? readSendQueues;
    this.#now = options.now ?? (() => performance.now());
    server.on('connection', (socket) => this.#add(socket));
    server.once('close', () => clearInterval(this.#timer));
    this.#timer = setInterval(() => {
      if (this.#isChecking) return;
      this.#isChecking = true;
      void this.check().finally(() => (this.#isChecking = false));
    }, options.stallMs / checksPerStall);
    this.#timer.unref();
  }

  /** Number of open connections. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** Checks every connection once and closes those of stalled readers. */
  async check(): Promise<void> {
    const now = this.#now();
    const suspects = [...this.#sockets].filter((socket) => this.#isSuspect(socket, now));
    if (suspects.length === 0) return;
    const queues = await this.#readQueues();
    for (const socket of suspects) this.#closeIfStalled(socket, queues, now);
  }

  #add(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.#waiting.delete(socket);
    });
  }

  /** Whether bytes wait and the kernel has accepted none for a third of `stallMs`. */
  #isSuspect(socket: Socket, now: number): boolean {
    const { writableLength } = socket;
    if (writableLength === 0) {
      this.#waiting.delete(socket);
      return false;
    }
    const accepted = socket.bytesWritten - writableLength;
    const progress = this.#waiting.get(socket);
    if (progress?.accepted === accepted) return now - progress.since >= this.#options.stallMs / 3;
    this.#waiting.set(socket, { accepted, queued: undefined, since: now });
    return false;
  }

  #closeIfStalled(socket: Socket, queues: ReadonlyMap<string, number>, now: number): void {
    const progress = this.#waiting.get(socket);
    if (progress === undefined || socket.destroyed) return;
    const queued = queues.get(portsOf(socket.localPort ?? 0, socket.remotePort ?? 0));
    const hasChanged = progress.queued !== undefined && queued !== progress.queued;
    progress.queued = queued;
    if (hasChanged) progress.since = now;
    else if (now - progress.since >= this.#options.stallMs) this.#close(socket);
  }

  #close(socket: Socket): void {
    const address = socket.remoteAddress;
    socket.destroy();
    this.#options.onStalledReader?.(address);
  }
}
