import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  dial,
  dialPlan,
  frameText,
  llmDefaults,
  systemClock,
  type DialedSocket,
  type Handshake,
  type Learned,
  type ProtocolContext,
} from '#llm';
import { rulesOf, type CheckedServer } from './checked-server.js';

/** A frame on a connection. */
export interface RecordedFrame {
  direction: 'sent' | 'received';
  /** Milliseconds since the dial. */
  atMs: number;
  text: string;
}

/** How a connection ended. */
export interface CloseInfo {
  /** Milliseconds since the dial. */
  atMs: number;
  /** The WebSocket close code; 1006 without a close frame. */
  code: number;
  reason: string;
}

/** All frames of a connection, in order, and how it ended. */
export interface FrameLog {
  readonly frames: RecordedFrame[];
  /** Number of binary frames, whose text is recorded like that of others. */
  binaryFrames?: number;
  closed?: CloseInfo;
}

/** Most frames that are recorded of one connection. */
const maxFrames = 20_000;

/** The texts of the frames that the server sent. */
export function receivedTexts(frames: readonly RecordedFrame[]): string[] {
  return frames.flatMap(({ direction, text }) => (direction === 'received' ? [text] : []));
}

/** A WebSocket to the server, after the protocol's handshake, that records every frame. */
export class RecordedConnection {
  /** Called with each further frame of the server. `isBinary`: it is binary, which the protocol does not allow. */
  onFrame: (text: string, isBinary: boolean) => void = () => undefined;
  /** Called once, when the connection has ended. */
  onClosed: (closed: CloseInfo) => void = () => undefined;
  /** Number of frames in the log that belong to the handshake, in both directions. */
  readonly handshakeFrames: number;
  #requests = 0;

  /**
   * Connects as Parley does. Rejects with the errors of `dial`; frames up to then are in the log.
   * @param log receives every frame
   */
  static async open(
    server: CheckedServer,
    connectTimeoutMs: number,
    log: FrameLog = { frames: [] },
  ): Promise<RecordedConnection> {
    const { protocol, url, name, model, credentials, redactor, secureContext, proxy } = server;
    const context: ProtocolContext = {
      model,
      credentials,
      connectionId: randomBytes(6).toString('hex'),
      now: systemClock.date(),
    };
    const startedAt = systemClock.now();
    const record = (direction: RecordedFrame['direction'], text: string): void => {
      if (log.frames.length >= maxFrames) return;
      log.frames.push({ direction, atMs: systemClock.now() - startedAt, text });
    };
    const { target, handshake } = dialPlan(protocol, url, context, { secureContext, proxy });
    const socket = await dial(
      {
        name,
        target,
        handshake: handshake && recorded(handshake, record),
        redactor,
        rules: rulesOf(server),
      },
      {
        ...llmDefaults.transport,
        connectTimeoutMs: protocol.limits?.connectMs ?? connectTimeoutMs,
        secureContext,
        proxy,
      },
      systemClock,
      new AbortController().signal,
    );
    const openedMs = systemClock.now() - startedAt;
    const { binaryText } = rulesOf(server);
    return new RecordedConnection(socket, context, log, startedAt, record, openedMs, binaryText);
  }

  readonly #socket: DialedSocket;
  readonly #startedAt: number;
  readonly #record: (direction: RecordedFrame['direction'], text: string) => void;

  private constructor(
    socket: DialedSocket,
    readonly context: ProtocolContext,
    readonly log: FrameLog,
    startedAt: number,
    record: (direction: RecordedFrame['direction'], text: string) => void,
    /** Milliseconds from the dial to the end of the handshake. */
    readonly openedMs: number,
    allowsBinary: boolean,
  ) {
    this.#socket = socket;
    this.#startedAt = startedAt;
    this.#record = record;
    this.handshakeFrames = log.frames.length;
    const { webSocket, inbox } = socket;
    webSocket.on('close', (code, reason) => {
      log.closed = { atMs: this.nowMs, code, reason: reason.toString() };
      this.onClosed(log.closed);
    });
    inbox.read((data, isBinary) => {
      let text: string;
      if (isBinary) log.binaryFrames = (log.binaryFrames ?? 0) + 1;
      try {
        text = frameText(data, isBinary, true);
      } catch {
        text = `(${(data as Buffer).length} bytes that are not text)`;
      }
      record('received', text);
      this.onFrame(text, isBinary && !allowsBinary);
    });
  }

  /** Values that the handshake has saved for later requests. */
  get learned(): Learned {
    return this.#socket.learned;
  }

  get isOpen(): boolean {
    return this.log.closed === undefined;
  }

  /** Milliseconds since the dial. */
  get nowMs(): number {
    return systemClock.now() - this.#startedAt;
  }

  /** An id for the next request, unique on this connection or, with `isUnique`, among all connections. */
  nextRequestId(isUnique: boolean): string {
    this.#requests += 1;
    return isUnique ? `${this.context.connectionId}-${this.#requests}` : String(this.#requests);
  }

  send(frame: string): void {
    this.#record('sent', frame);
    this.#socket.webSocket.send(frame);
  }

  /** Milliseconds until the pong; undefined if none arrives within `limitMs`. */
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

  /** Closes with a close handshake. */
  close(): void {
    this.#socket.webSocket.close(1000);
  }

  /** Ends the connection without a close handshake, as Parley does when it aborts an answer. */
  terminate(): void {
    this.#socket.webSocket.terminate();
  }
}

/** The same handshake with its frames recorded. */
function* recorded(
  handshake: Handshake,
  record: (direction: RecordedFrame['direction'], text: string) => void,
): Handshake {
  let step = handshake.next();
  while (!step.done) {
    for (const text of step.value) record('sent', text);
    const received = yield step.value;
    record('received', received);
    step = handshake.next(received);
  }
  for (const text of step.value?.send ?? []) record('sent', text);
  return step.value;
}
