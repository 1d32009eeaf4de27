import { type RawData, type WebSocket } from 'ws';

type Reader = (data: RawData, isBinary: boolean) => void;

/** Buffers received messages while there is no reader, such as between the handshake and the first request. */
export class Inbox {
  #buffered: Parameters<Reader>[] = [];
  #reader: Reader | undefined;

  constructor(webSocket: WebSocket) {
    webSocket.on('message', (data, isBinary) => {
      if (this.#reader === undefined) this.#buffered.push([data, isBinary]);
      else this.#reader(data, isBinary);
    });
  }

  /** Passes buffered and further messages to `reader`. */
  read(reader: Reader): void {
    this.#reader = reader;
    for (const message of this.#buffered.splice(0)) reader(...message);
  }

  /** Buffers messages until the next {@link read}. */
  pause(): void {
    this.#reader = undefined;
  }
}
