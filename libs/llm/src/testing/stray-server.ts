import { EventEmitter } from 'node:events';
import { type Socket } from 'node:net';
import { type WebSocket } from 'ws';
import { type Clock } from '../clock.js';
import { LlmConnectError } from '../errors/connection-errors.js';
import { type Dialer } from '../transport/dial/dial.js';
import { Inbox } from '../transport/inbox.js';

/** Probabilities from 0 to 1, per connection or per answer. */
export interface StrayHabits {
  /** Sends what reads as an answer after a connection opened. */
  greets: number;
  /** Repeats the end of an answer, or its last piece, some time after it. */
  repeats: number;
  /** Sends an error, and its usual end some time later. */
  fails: number;
  /** Sends another whole answer to the same question. */
  answersTwice: number;
  /** Sends a piece, or the end, out of order. */
  reorders: number;
  /** Answers after the time limit. */
  isLate: number;
  /** Closes the connection in mid-answer. */
  breaks: number;
  /** Repeats `request_id` in each frame of the answer; its unsolicited frames have none. */
  echoesIds: boolean;
  /** The longest delay of unsolicited frames, in ms. */
  delayMs: number;
  /** Longest time to an ordinary answer, in ms. */
  thinkMs: number;
}

/** Delays on both sides of every limit that a client may have. */
const edges = [0, 1, 2, 149, 150, 151, 249, 250, 251, 299, 300, 301, 499, 500, 501, 749, 998, 999, 1_000];

/**
 * A server of the guide protocol without a network, which sends frames at the wrong time. Each piece of an answer
 * contains the text of its request, so that a misdelivered piece is detected.
 */
export class StrayServer {
  connections = 0;
  /** Unsolicited frames sent. */
  strayFrames = 0;

  readonly #habits: StrayHabits;
  readonly #clock: Clock;
  readonly #random: () => number;

  constructor(habits: StrayHabits, clock: Clock, random: () => number) {
    this.#habits = habits;
    this.#clock = clock;
    this.#random = random;
  }

  /** Replaces real sockets in a client. */
  readonly dial: Dialer = async ({ name }, _options, clock, signal) => {
    await clock.sleep(this.#pick([0, 1, 5]), signal);
    if (signal.aborted) throw new LlmConnectError(name, signal.reason as Error);
    this.connections += 1;
    const socket = new SimulatedSocket((text) => this.#asked(socket, text));
    const webSocket = socket as unknown as WebSocket;
    const dialed = { webSocket, tcp: socket as unknown as Socket, inbox: new Inbox(webSocket), learned: {} };
    if (this.#happens(this.#habits.greets)) {
      this.#stray(socket, this.#delay(), this.#pick([{ response: 'Welcome!' }, { chunk: 'Hello' }]));
      if (this.#happens(0.3)) this.#stray(socket, this.#delay(), { response: '', done: true });
    }
    return dialed;
  };

  #asked(socket: SimulatedSocket, text: string): void {
    const { message, request_id, settings } = JSON.parse(text) as {
      message: string;
      request_id?: string;
      settings: { stream: boolean };
    };
    const habits = this.#habits;
    const id = habits.echoesIds && request_id !== undefined ? { request_id } : {};
    const think = this.#happens(habits.isLate)
      ? this.#pick([999, 1_000, 1_001, 1_040, 1_500])
      : this.#think();
    const piece = (number: number) => ({ ...id, chunk: `<${message}>${number} ` });
    const whole = { ...id, response: `<${message}>0 <${message}>1 `, done: true };
    const frames: [number, object][] = settings.stream
      ? [
          [think, piece(0)],
          [think + this.#pick([0, 1, 30, 250]), piece(1)],
        ]
      : [];
    const endAt = (frames.at(-1)?.[0] ?? think) + this.#pick([0, 1, 20]);
    if (this.#happens(habits.fails)) {
      frames.splice(this.#pick([0, 1]), frames.length);
      frames.push([think, { ...id, error: 'model_overloaded' }]);
      for (const [at, frame] of frames) this.#send(socket, at, frame);
      this.#stray(socket, think + this.#delay(), whole);
      return;
    }
    frames.push([endAt, whole]);
    if (this.#happens(habits.reorders) && frames.length > 1) {
      // The piece before the end comes after it.
      const late = frames.splice(-2, 1)[0]![1];
      this.#stray(socket, endAt + this.#delay(), late);
    }
    for (const [at, frame] of frames) this.#send(socket, at, frame);
    if (this.#happens(habits.repeats)) {
      const again = this.#pick([
        whole,
        { done: true },
        { chunk: `<${message}>again ` },
        { error: `of ${message}` },
      ]);
      this.#stray(socket, endAt + this.#delay(), again);
    }
    if (this.#happens(habits.answersTwice)) {
      const delay = endAt + this.#delay();
      this.#stray(socket, delay, { chunk: `<${message}>twice ` });
      this.#stray(socket, delay + this.#pick([0, 1, 100]), whole);
    }
    if (this.#happens(habits.breaks)) this.#clock.timer(this.#think(), () => socket.break());
  }

  #stray(socket: SimulatedSocket, at: number, frame: object): void {
    this.strayFrames += 1;
    this.#send(socket, at, { ...frame, request_id: undefined });
  }

  #send(socket: SimulatedSocket, at: number, frame: object): void {
    this.#clock.timer(at, () => socket.receive(JSON.stringify(frame)));
  }

  #delay(): number {
    const most = this.#habits.delayMs;
    return this.#happens(0.5) ? Math.min(most, this.#pick(edges)) : Math.floor(this.#random() * (most + 1));
  }

  #think(): number {
    return this.#pick([0, 1, 20, 100, Math.floor(this.#random() * this.#habits.thinkMs)]);
  }

  #happens(probability: number): boolean {
    return this.#random() < probability;
  }

  #pick<T>(values: readonly T[]): T {
    return values[Math.floor(this.#random() * values.length)]!;
  }
}

/** The part of a WebSocket, and of its TCP socket, that a connection uses. */
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

  receive(text: string): void {
    if (this.readyState === 3) return;
    this.bytesRead += text.length;
    this.emit('message', Buffer.from(text), false);
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

  /** The server closes it. */
  break(): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.emit('close', 1006, Buffer.alloc(0));
  }
}
