import { type Clock, type Timer } from '../clock.js';
import { afterPoll } from './after-poll.js';
import { type DialedSocket } from './dial/dial.js';

/** What a {@link PeerLiveness} needs to know of its connection. */
export interface LivenessContext {
  clock: Clock;
  /** How long an idle peer may send nothing after a ping, in ms. */
  pingTimeoutMs: number;
  /** Whether no request is in flight or reserved. */
  isIdle: () => boolean;
  /** Called when an idle peer has sent nothing for `pingTimeoutMs` after a ping. */
  onDead: () => void;
}

/**
 * Notices when the peer of an idle connection is gone. Any byte proves that it is there, not only a pong: a busy peer
 * answers pings late. While an answer is awaited nothing is decided here, because the limits of the answer apply.
 */
export class PeerLiveness {
  readonly #socket: DialedSocket;
  readonly #context: LivenessContext;
  #lastFrameAt: number;
  #deadline: Timer | undefined;
  #waiting: (() => void)[] = [];

  constructor(socket: DialedSocket, context: LivenessContext) {
    this.#socket = socket;
    this.#context = context;
    this.#lastFrameAt = context.clock.now();
    socket.webSocket.on('ping', this.frameArrived);
    socket.webSocket.on('pong', this.frameArrived);
  }

  /** When the last frame arrived, in ms of the clock. */
  get lastFrameAt(): number {
    return this.#lastFrameAt;
  }

  /** Records that a frame has arrived. */
  readonly frameArrived = (): void => {
    this.#lastFrameAt = this.#context.clock.now();
    this.#wake();
  };

  /** Sends a ping. If the connection is idle, the peer has `pingTimeoutMs` to send anything. */
  ping(): void {
    const { clock, pingTimeoutMs, isIdle } = this.#context;
    this.#socket.webSocket.ping();
    if (!isIdle() || this.#deadline !== undefined || pingTimeoutMs === Infinity) return;
    const { bytesRead } = this.#socket.tcp;
    this.#deadline = clock.timer(pingTimeoutMs, () => void this.#judge(bytesRead));
  }

  /** Resolves when the next frame arrives, or when the connection has ended. */
  nextFrame(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Ends all timers and waits, because the connection has ended. */
  close(): void {
    this.#deadline?.cancel();
    this.#wake();
  }

  /** @param bytesBefore bytes received before the ping */
  async #judge(bytesBefore: number): Promise<void> {
    // When the process was stopped or busy, bytes that arrived in time are still unread.
    await afterPoll();
    this.#deadline = undefined;
    const { isIdle, onDead } = this.#context;
    if (isIdle() && this.#socket.tcp.bytesRead === bytesBefore) onDead();
  }

  #wake(): void {
    if (this.#waiting.length > 0) for (const wake of this.#waiting.splice(0)) wake();
  }
}
