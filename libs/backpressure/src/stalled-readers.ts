import { type Server, type Socket } from 'node:net';
import { portsOf, readSendQueues } from './send-queues.js';

/** What {@link StalledReaders} needs. */
export interface StalledReadersOptions {
  /** A reader that reads no byte for so many milliseconds although bytes wait for it is cut. */
  stallMs: number;
  /** Called after a connection was cut. */
  onCut?: (address: string | undefined) => void;
  /** Bytes in the kernel's send queues, by {@link portsOf}. */
  readQueues?: () => Promise<Map<string, number>>;
  /** Milliseconds of a clock that never goes back. */
  now?: () => number;
}

/** The state of a reader that has not read everything yet. */
interface Progress {
  /** Bytes that the kernel has accepted. */
  accepted: number;
  /** Bytes that wait in the kernel; undefined if not checked yet. */
  queued: number | undefined;
  /** When one of the two last changed, in ms. */
  since: number;
}

/** Checks per `stallMs`. */
const looksPerStall = 10;

/**
 * Closes the connections of readers that read nothing. A reader is stalled only while bytes wait for it in this
 * process: a slow reader, an idle event stream and a connection between two requests are not affected.
 */
export class StalledReaders {
  readonly #sockets = new Set<Socket>();
  readonly #waiting = new Map<Socket, Progress>();
  readonly #timer: NodeJS.Timeout;
  readonly #readQueues: () => Promise<Map<string, number>>;
  readonly #now: () => number;
  #isLooking = false;
  readonly #options: StalledReadersOptions;

  constructor(server: Server, options: StalledReadersOptions) {
    this.#options = options;
    this.#readQueues = options.readQueues ?? readSendQueues;
    this.#now = options.now ?? (() => performance.now());
    server.on('connection', (socket) => this.#add(socket));
    server.once('close', () => clearInterval(this.#timer));
    this.#timer = setInterval(() => {
      if (this.#isLooking) return;
      this.#isLooking = true;
      void this.look().finally(() => (this.#isLooking = false));
    }, options.stallMs / looksPerStall);
    this.#timer.unref();
  }

  /** Open connections. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** Looks at every connection once. */
  async look(): Promise<void> {
    const now = this.#now();
    const quiet = [...this.#sockets].filter((socket) => this.#isQuiet(socket, now));
    if (quiet.length === 0) return;
    const queues = await this.#readQueues();
    for (const socket of quiet) this.#judge(socket, queues, now);
  }

  #add(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.#waiting.delete(socket);
    });
  }

  /** The kernel has accepted nothing for a third of the time, although something waits. */
  #isQuiet(socket: Socket, now: number): boolean {
    const { writableLength } = socket;
    if (writableLength === 0) {
      this.#waiting.delete(socket);
      return false;
    }
    const accepted = socket.bytesWritten - writableLength;
    const known = this.#waiting.get(socket);
    if (known?.accepted === accepted) return now - known.since >= this.#options.stallMs / 3;
    this.#waiting.set(socket, { accepted, queued: undefined, since: now });
    return false;
  }

  #judge(socket: Socket, queues: ReadonlyMap<string, number>, now: number): void {
    const known = this.#waiting.get(socket);
    if (known === undefined || socket.destroyed) return;
    const queued = queues.get(portsOf(socket.localPort ?? 0, socket.remotePort ?? 0));
    const hasChanged = known.queued !== undefined && queued !== known.queued;
    known.queued = queued;
    if (hasChanged) known.since = now;
    else if (now - known.since >= this.#options.stallMs) this.#cut(socket);
  }

  #cut(socket: Socket): void {
    const address = socket.remoteAddress;
    socket.destroy();
    this.#options.onCut?.(address);
  }
}
