import { answerOnSocket, Problem } from '#problems';
import { type Socket } from 'node:net';
import { type AnonymousConnection } from './anonymous-connections.js';

/** A socket of the HTTP server, with the requests that it carries. */
export class WatchedConnection implements AnonymousConnection {
  #requests = 0;
  #inFlight = 0;
  readonly #socket: Socket;

  constructor(
    socket: Socket,
    readonly address: string,
  ) {
    this.#socket = socket;
  }

  get isIdle(): boolean {
    return this.#inFlight === 0;
  }

  requestBegan(): void {
    this.#requests += 1;
    this.#inFlight += 1;
  }

  requestEnded(): void {
    this.#inFlight -= 1;
  }

  /**
   * Sends the reason if a response is expected. Between two requests it would be mistaken for the response to the next
   * one.
   */
  close(): void {
    if (this.#requests === 0) answerOnSocket(this.#socket, tooManyConnections());
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
