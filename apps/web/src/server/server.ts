import { inject, Injectable, signal } from '@angular/core';
import { ConnectionError, type ConnectionState, ParleyClient, ProblemError, sleep } from '@parley/client';
import { Announcer } from '../page/announcer';
import { texts } from '../texts/texts';
import { SessionKey } from './session-key';

/** The server that the page came from, and what is known of its state. */
@Injectable({ providedIn: 'root' })
export class Server {
  readonly #announcer = inject(Announcer);
  readonly #key = inject(SessionKey);
  readonly #wakers = new Set<() => void>();

  /** Streams try again until they are aborted: the page says that the server is away, and a person decides. */
  readonly client = new ParleyClient({
    apiKey: () => this.#key.value(),
    maxRetries: Number.POSITIVE_INFINITY,
    sleep: (ms, signal) => this.#sleep(ms, signal),
    // A conversation whose deletion can no longer be undone is deleted although its page is being closed.
    fetch: (input, init) => fetch(input, { ...init, keepalive: init?.method === 'DELETE' }),
  });

  /** The last request got no answer. */
  readonly isAway = signal(false);

  constructor() {
    addEventListener('online', () => this.wake());
  }

  /** Waits for a call, and learns from it about the server. Throws what it throws. */
  async heed<T>(call: Promise<T>): Promise<T> {
    try {
      const result = await call;
      this.#isBack();
      return result;
    } catch (error) {
      this.learnFrom(error);
      throw error;
    }
  }

  learnFrom(error: unknown): void {
    if (isAway(error)) this.isAway.set(true);
    if (error instanceof ProblemError) {
      if (!isAway(error)) this.#isBack();
      if (error.status === 401) this.#key.isWanted.set(true);
    }
  }

  /** Learns from a stream. One that was cut once says nothing: it may be another replica's turn. */
  readonly onConnection = (connection: ConnectionState): void => {
    if (connection.state === 'open') this.#isBack();
    else if (connection.failures > 1) this.learnFrom(connection.error);
  };

  /** Ends the pauses of streams that wait to try again. */
  wake(): void {
    for (const wake of this.#wakers) wake();
  }

  #isBack(): void {
    if (!this.isAway()) return;
    this.isAway.set(false);
    this.#announcer.say(texts.away.back);
    this.wake();
  }

  async #sleep(ms: number, signal: AbortSignal): Promise<void> {
    const early = new AbortController();
    const wake = (): void => early.abort();
    this.#wakers.add(wake);
    try {
      await sleep(ms, AbortSignal.any([signal, early.signal]));
    } catch (error) {
      if (signal.aborted) throw error;
    } finally {
      this.#wakers.delete(wake);
    }
  }
}

/** A sentence for people. */
export function sentenceFor(error: unknown): string {
  if (error instanceof ConnectionError) return texts.errors.unreachable;
  return error instanceof ProblemError ? error.message : texts.errors.unknown;
}

function isAway(error: unknown): boolean {
  if (error instanceof ConnectionError) return true;
  // Without a code of Parley's: a proxy that cannot reach it.
  return error instanceof ProblemError && error.status >= 502 && error.code.startsWith('http_');
}
