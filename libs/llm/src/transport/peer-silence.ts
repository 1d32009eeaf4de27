import { type Socket } from 'node:net';

/** How long nothing at all has come from a peer. A busy one answers pings late, but its bytes keep coming. */
export class PeerSilence {
  #bytesSeen = 0;
  #since: number;
  readonly #tcp: Socket;

  /** @param now on the clock's time line, as in {@link lasts} */
  constructor(tcp: Socket, now: number) {
    this.#tcp = tcp;
    this.#since = now;
  }

  /** For how long, in ms, as far as can be told from when it was asked before; 0 if a byte came since. */
  lasts(now: number): number {
    const { bytesRead } = this.#tcp;
    if (bytesRead !== this.#bytesSeen) {
      this.#bytesSeen = bytesRead;
      this.#since = now;
    }
    return now - this.#since;
  }
}
