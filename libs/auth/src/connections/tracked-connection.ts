import { sendProblemOnSocket, Problem } from '#problems';
import { type Socket } from 'node:net';
import { type AnonymousConnection } from './anonymous-connections.js';

/** A socket of the HTTP server that counts its requests. */
export class TrackedConnection implements AnonymousConnection {
  #requests = 0;
  #inFlight = 0;
  readonly #socket: Socket;

  constructor(
    socket: Socket,
    readonly address: string,
  ) {
    this.#socket = socket;
  }

  /** Whether no request is in flight. */
  get isIdle(): boolean {
    return this.#inFlight === 0;
  }

  /** Call when a request was received. */
  requestStarted(): void {
    this.#requests += 1;
    this.#inFlight += 1;
  }

  /** Call when a response was closed. */
  requestEnded(): void {
    this.#inFlight -= 1;
  }

  /**
   * Closes the socket; before its first request with 429 as the reason. After a request that response could be mistaken for
   * the response to the next one.
   */
  close(): void {
    if (this.#requests === 0) sendProblemOnSocket(this.#socket, tooManyConnections());
    else this.#socket.destroy();
  }
}

function tooManyConnections(): Problem {
  return new Problem({
    status: 429,
    code: 'too_many_connections',
    title: 'Too many connections',
    detail:
      'Your address has too many connections that have not sent a valid API key; this one was the oldest.',
    retryable: true,
    retryAfterSeconds: 1,
  });
}
