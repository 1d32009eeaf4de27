import { EventEmitter } from 'node:events';
import { type Socket } from 'node:net';
import { type WebSocket } from 'ws';
import { type Clock } from '../clock.js';
import { LlmConnectError } from '../errors/connection-errors.js';
import { type Dialer } from '../transport/dial/dial.js';
import { Inbox } from '../transport/inbox.js';

/** How a {@link StrayServer} behaves. Numbers without a unit are probabilities from 0 to 1, per connection or per answer. */
export interface StrayServerOptions {
  /** Sends a frame that reads as an answer after a connection has opened. */
  greets: number;
  /** Repeats the end of an answer, or its last piece, some time after the end. */
  repeats: number;
  /** Sends an error, and the usual end of the answer some time later. */
  fails: number;
  /** Sends a second complete answer to the same request. */
  answersTwice: number;
  /** Sends the last piece after the end. */
  reorders: number;
  /** Answers after the time limit. */
  answersLate: number;
  /** Closes the connection in mid-answer. */
  breaks: number;
  /** Repeats `request_id` in each frame of the answer. Other unsolicited frames have no id. */
  echoesIds: boolean;
  /**
   * Sends frames of another request's answer with a foreign id: an invented one, that of an earlier request, or that of a
   * request on another connection. Only if it {@link echoesIds}, and after the client has received the first echoed id:
   * until then, a foreign id cannot be distinguished from that of a server that names its answers itself.
   */
  sendsForeignIds: number;
  /** The maximum delay of unsolicited frames, in ms. */
  delayMs: number;
  /** The maximum time until an ordinary answer begins, in ms. */
  answerDelayMs: number;
}

/** A request that the server has received. */
interface ReceivedRequest {
  message: string;
  id: string;
}

/** How many of the newest requests may appear in frames with foreign ids. */
const rememberedRequests = 12;

/** Delays just below, at and just above the limits that clients may have, in ms. */
const edges = [0, 1, 2, 149, 150, 151, 249, 250, 251, 299, 300, 301, 499, 500, 501, 749, 998, 999, 1_000];

/**
 * A simulated server of the guide protocol that sends unsolicited frames. Each piece of an answer contains the text of its
 * request, so that a misdelivered piece is detected.
 */
export class StrayServer {
  /** The number of connections opened. */
  connections = 0;
  /** The number of unsolicited frames sent, including those with foreign ids. */
  strayFrames = 0;
  /** The number of frames sent with a foreign id. */
  foreignIdFrames = 0;

  readonly #requests: ReceivedRequest[] = [];
  #hasEchoed = false;
  readonly #options: StrayServerOptions;
  readonly #clock: Clock;
  readonly #random: () => number;

  /** @param random returns a number in [0, 1) */
  constructor(options: StrayServerOptions, clock: Clock, random: () => number) {
    this.#options = options;
    this.#clock = clock;
    this.#random = random;
  }

  /** Opens simulated sockets in place of real ones. */
  readonly dial: Dialer = async ({ name }, _options, clock, signal) => {
    await clock.sleep(this.#pick([0, 1, 5]), signal);
    if (signal.aborted) throw new LlmConnectError(name, signal.reason as Error);
    this.connections += 1;
    const socket = new SimulatedSocket((text) => this.#receive(socket, text));
    const webSocket = socket as unknown as WebSocket;
    const dialed = { webSocket, tcp: socket as unknown as Socket, inbox: new Inbox(webSocket), learned: {} };
    if (this.#happens(this.#options.greets)) {
      this.#sendStray(socket, this.#delay(), this.#pick([{ response: 'Welcome!' }, { chunk: 'Hello' }]));
      if (this.#happens(0.3)) this.#sendStray(socket, this.#delay(), { response: '', done: true });
    }
    return dialed;
  };

  #receive(socket: SimulatedSocket, text: string): void {
    const { message, request_id, settings } = JSON.parse(text) as {
      message: string;
      request_id?: string;
      settings: { stream: boolean };
    };
    const options = this.#options;
    const id = options.echoesIds && request_id !== undefined ? { request_id } : {};
    const startAt = this.#happens(options.answersLate)
      ? this.#pick([999, 1_000, 1_001, 1_040, 1_500])
      : this.#answerDelay();
    const piece = (number: number) => ({ ...id, chunk: `<${message}>${number} ` });
    const whole = { ...id, response: `<${message}>0 <${message}>1 `, done: true };
    const frames: [number, object][] = settings.stream
      ? [
          [startAt, piece(0)],
          [startAt + this.#pick([0, 1, 30, 250]), piece(1)],
        ]
      : [];
    const endAt = (frames.at(-1)?.[0] ?? startAt) + this.#pick([0, 1, 20]);
    if (options.echoesIds && request_id !== undefined) {
      if (this.#happens(options.sendsForeignIds)) this.#sendForeign(socket, message, endAt);
      this.#requests.push({ message, id: request_id });
      if (this.#requests.length > rememberedRequests) this.#requests.shift();
    }
    if (this.#happens(options.fails)) {
      frames.splice(this.#pick([0, 1]), frames.length);
      frames.push([startAt, { ...id, error: 'model_overloaded' }]);
      for (const [at, frame] of frames) this.#send(socket, at, frame);
      this.#sendStray(socket, startAt + this.#delay(), whole);
      return;
    }
    frames.push([endAt, whole]);
    if (this.#happens(options.reorders) && frames.length > 1) {
      const late = frames.splice(-2, 1)[0]![1];
      this.#sendStray(socket, endAt + this.#delay(), late);
    }
    for (const [at, frame] of frames) this.#send(socket, at, frame);
    if (this.#happens(options.repeats)) {
      const again = this.#pick([
        whole,
        { done: true },
        { chunk: `<${message}>again ` },
        { error: `of ${message}` },
      ]);
      this.#sendStray(socket, endAt + this.#delay(), again);
    }
    if (this.#happens(options.answersTwice)) {
      const delay = endAt + this.#delay();
      this.#sendStray(socket, delay, { chunk: `<${message}>twice ` });
      this.#sendStray(socket, delay + this.#pick([0, 1, 100]), whole);
    }
    if (this.#happens(options.breaks)) this.#clock.timer(this.#answerDelay(), () => socket.break());
  }

  /** Sends a part of another request's answer, before, during or after the answer that ends at `endAt`. */
  #sendForeign(socket: SimulatedSocket, message: string, endAt: number): void {
    const others = this.#requests.filter((request) => request.message !== message);
    if (others.length === 0) return;
    const other = this.#pick(others);
    const number = this.connections + Math.floor(this.#random() * 1_000);
    const hex = Math.floor(this.#random() * 2 ** 48)
      .toString(16)
      .padStart(12, '0');
    const request_id = this.#pick([other.id, `${hex}-${number}`, `answer-${number}`, String(number)]);
    const text = `<${other.message}>foreign `;
    const frame = this.#pick([
      { chunk: text },
      { response: text, done: true },
      { done: true },
      { error: 'model_overloaded' },
    ]);
    const at = this.#pick([0, Math.floor(this.#random() * endAt), endAt, endAt + this.#delay()]);
    this.#clock.timer(at, () => {
      if (!this.#hasEchoed) return;
      this.strayFrames += 1;
      this.foreignIdFrames += 1;
      socket.receive(JSON.stringify({ ...frame, request_id }));
    });
  }

  #sendStray(socket: SimulatedSocket, at: number, frame: object): void {
    this.strayFrames += 1;
    this.#send(socket, at, { ...frame, request_id: undefined });
  }

  #send(socket: SimulatedSocket, at: number, frame: object): void {
    this.#clock.timer(at, () => {
      const isReceived = socket.receive(JSON.stringify(frame));
      if (isReceived && 'request_id' in frame && frame.request_id !== undefined) this.#hasEchoed = true;
    });
  }

  #delay(): number {
    const most = this.#options.delayMs;
    return this.#happens(0.5) ? Math.min(most, this.#pick(edges)) : Math.floor(this.#random() * (most + 1));
  }

  #answerDelay(): number {
    return this.#pick([0, 1, 20, 100, Math.floor(this.#random() * this.#options.answerDelayMs)]);
  }

  #happens(probability: number): boolean {
    return this.#random() < probability;
  }

  #pick<T>(values: readonly T[]): T {
    return values[Math.floor(this.#random() * values.length)]!;
  }
}

/** The part of a WebSocket and of its TCP socket that a connection uses. */
class SimulatedSocket extends EventEmitter {
  readyState = 1;
  bufferedAmount = 0;
  bytesRead = 0;

  readonly #onSend: (text: string) => void;

  constructor(onSend: (text: string) => void) {
    super();
    this.#onSend = onSend;
  }

  send(text: string): void {
    if (this.readyState === 1) this.#onSend(text);
  }

  /** Delivers a frame to the client. @returns false if the connection is closed */
  receive(text: string): boolean {
    if (this.readyState === 3) return false;
    this.bytesRead += text.length;
    this.emit('message', Buffer.from(text), false);
    return true;
  }

  ping(): void {
    this.bytesRead += 2;
  }

  close(): void {
    this.readyState = 3;
  }

  terminate(): void {
    this.readyState = 3;
  }

  /** Closes the connection from the server's side, without a close frame. */
  break(): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.emit('close', 1006, Buffer.alloc(0));
  }
}
