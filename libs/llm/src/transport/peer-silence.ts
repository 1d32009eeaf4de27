import { type Socket } from 'node:net';

/** Measures how long a peer has sent nothing at all. Not only pongs count: a busy peer answers pings late. */
export class PeerSilence {
  #bytesSeen = 0;
  #since: number;
  readonly #tcp: Socket;

  /** @param now in milliseconds of the clock, as in {@link durationMs} */
  constructor(tcp: Socket, now: number) {
    this.#tcp = tcp;
    this.#since = now;
  }

  /** Milliseconds of silence, counted from the first call that saw no new byte; 0 if a byte arrived since the last call. */
  durationMs(now: number): number {
    const { bytesRead } = this.#tcp;
    if (bytesRead !== this.#bytesSeen) {
      this.#bytesSeen = bytesRead;
      this.#since = now;
    }
    return now - this.#since;
  }
}
