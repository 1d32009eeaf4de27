import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  dial,
  dialTarget,
  frameText,
  llmDefaults,
  systemClock,
  type DialedSocket,
  type Handshake,
  type Learned,
  type ProtocolContext,
} from '#llm';
import { type Server } from './server.js';

/** A frame on a connection, with the milliseconds since its beginning. */
export interface Frame {
  way: 'sent' | 'heard';
  atMs: number;
  text: string;
}

export interface Closed {
  atMs: number;
  code: number;
  reason: string;
}

/** What was said on a connection. */
export interface Transcript {
  readonly frames: Frame[];
  closed?: Closed;
}

/** Most frames that are kept of one connection. */
const maxFrames = 20_000;

/** One WebSocket to the server, after the protocol's handshake, that notes everything that is said on it. */
export class Line {
  /** Told of every frame from now on. */
  onFrame: (text: string) => void = () => undefined;
  onClosed: (closed: Closed) => void = () => undefined;
  /** Frames of the transcript that belong to the handshake, on both sides. */
  readonly shakenFrames: number;
  #requests = 0;

  /**
   * Dials as Parley does. Rejects with the errors of `dial`; what was said until then is in the transcript.
   * @param transcript where everything is noted
   */
  static async open(
    server: Server,
    connectTimeoutMs: number,
    transcript: Transcript = { frames: [] },
  ): Promise<Line> {
    const { protocol, url, name, model, credentials, redactor, secureContext } = server;
    const context: ProtocolContext = {
      model,
      credentials,
      connectionId: randomBytes(6).toString('hex'),
      now: systemClock.date(),
    };
    const startedAt = systemClock.now();
    const note = (way: Frame['way'], text: string): void => {
      if (transcript.frames.length >= maxFrames) return;
      transcript.frames.push({ way, atMs: systemClock.now() - startedAt, text });
    };
    const handshake = protocol.handshake?.(context);
    const socket = await dial(
      {
        name,
        target: () => dialTarget(protocol, url, context),
        handshake: handshake && noted(handshake, note),
        redactor,
      },
      {
        ...llmDefaults.transport,
        connectTimeoutMs: protocol.limits?.connectMs ?? connectTimeoutMs,
        secureContext,
      },
      systemClock,
      new AbortController().signal,
    );
    return new Line(socket, context, transcript, startedAt, note, systemClock.now() - startedAt);
  }

  readonly #socket: DialedSocket;
  readonly #startedAt: number;
  readonly #note: (way: Frame['way'], text: string) => void;

  private constructor(
    socket: DialedSocket,
    readonly context: ProtocolContext,
    readonly transcript: Transcript,
    startedAt: number,
    note: (way: Frame['way'], text: string) => void,
    /** From the dial to the end of the handshake. */
    readonly openedMs: number,
  ) {
    this.#socket = socket;
    this.#startedAt = startedAt;
    this.#note = note;
    this.shakenFrames = transcript.frames.length;
    const { webSocket, inbox } = socket;
    webSocket.on('close', (code, reason) => {
      transcript.closed = { atMs: this.nowMs, code, reason: reason.toString() };
      this.onClosed(transcript.closed);
    });
    inbox.read((data, isBinary) => {
      let text: string;
      try {
        text = frameText(data, isBinary, true);
      } catch {
        text = `(${(data as Buffer).length} bytes that are no text)`;
      }
      note('heard', text);
      this.onFrame(text);
    });
  }

  /** What the handshake has taught. */
  get learned(): Learned {
    return this.#socket.learned;
  }

  get isOpen(): boolean {
    return this.transcript.closed === undefined;
  }

  get nowMs(): number {
    return systemClock.now() - this.#startedAt;
  }

  /** A name that no other request on this connection has, nor, if `isUnique`, one on another connection. */
  nextRequestId(isUnique: boolean): string {
    this.#requests += 1;
    return isUnique ? `${this.context.connectionId}-${this.#requests}` : String(this.#requests);
  }

  send(frame: string): void {
    this.#note('sent', frame);
    this.#socket.webSocket.send(frame);
  }

  /** Milliseconds until the answer to a ping; undefined if none comes within the limit. */
  async ping(limitMs: number): Promise<number | undefined> {
    const sentAt = this.nowMs;
    this.#socket.webSocket.ping();
    const signal = AbortSignal.timeout(limitMs);
    try {
      await once(this.#socket.webSocket, 'pong', { signal });
      return this.nowMs - sentAt;
    } catch {
      return undefined;
    }
  }

  close(): void {
    this.#socket.webSocket.close(1000);
  }

  /** Ends the connection at once, as Parley does with an answer that is given up. */
  cut(): void {
    this.#socket.webSocket.terminate();
  }
}

/** The same handshake, whose frames are noted. */
function* noted(handshake: Handshake, note: (way: Frame['way'], text: string) => void): Handshake {
  let step = handshake.next();
  while (!step.done) {
    for (const text of step.value) note('sent', text);
    const heard = yield step.value;
    note('heard', heard);
    step = handshake.next(heard);
  }
  for (const text of step.value?.send ?? []) note('sent', text);
  return step.value;
}
