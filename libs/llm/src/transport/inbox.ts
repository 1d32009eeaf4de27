import { type RawData, type WebSocket } from 'ws';

type Reader = (data: RawData, isBinary: boolean) => void;

/** Keeps what a server says while nobody listens: around the end of a handshake, where frames can come close together. */
export class Inbox {
  #waiting: Parameters<Reader>[] = [];
  #reader: Reader | undefined;

  constructor(webSocket: WebSocket) {
    webSocket.on('message', (data, isBinary) => {
      if (this.#reader === undefined) this.#waiting.push([data, isBinary]);
      else this.#reader(data, isBinary);
    });
  }

  /** From now on messages go to `reader`, those that have waited first. */
  read(reader: Reader): void {
    this.#reader = reader;
    for (const message of this.#waiting.splice(0)) reader(...message);
  }

  /** Nobody listens until the next {@link read}. */
  wait(): void {
    this.#reader = undefined;
  }
}
