import { type RawData, type WebSocket } from 'ws';
import { type ConnectionRules } from '../protocols/connection-rules.js';
import { FrameSplitter } from './frame-splitter.js';

type Reader = (data: RawData, isBinary: boolean) => void;

/** The rules that turn messages into frames. */
export type InboxRules = Pick<ConnectionRules, 'separator' | 'ignoresBinary'>;

/**
 * Divides received messages into frames, and buffers these while there is no reader, such as between the handshake and the
 * first request.
 */
export class Inbox {
  #buffered: Parameters<Reader>[] = [];
  #reader: Reader | undefined;

  /** @param rules default: each message is a frame */
  constructor(webSocket: WebSocket, { separator, ignoresBinary }: Partial<InboxRules> = {}) {
    const splitter = separator === undefined ? undefined : new FrameSplitter(separator);
    webSocket.on('message', (data, isBinary) => {
      if (isBinary && ignoresBinary === true) return;
      if (splitter === undefined) return this.#receive(data, isBinary);
      try {
        for (const frame of splitter.push(data as Buffer)) this.#receive(frame, isBinary);
      } catch (error) {
        // As ws reports a message that it rejects.
        webSocket.emit('error', error);
      }
    });
  }

  /** Passes buffered and further frames to `reader`. */
  read(reader: Reader): void {
    this.#reader = reader;
    for (const message of this.#buffered.splice(0)) reader(...message);
  }

  /** Buffers frames until the next {@link read}. */
  pause(): void {
    this.#reader = undefined;
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (this.#reader === undefined) this.#buffered.push([data, isBinary]);
    else this.#reader(data, isBinary);
  }
}
