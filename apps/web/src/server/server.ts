import { inject, Injectable, signal } from '@angular/core';
import { type ConnectionState, ParleyClient, ProblemError, sleep } from '@parley/client';
import { Announcer } from '../page/announcer';
import { basePath } from '../page/base-path';
import { texts } from '../texts/texts';
import { isServerUnreachable } from './request-errors';
import { SessionKey } from './session-key';

/** The client for the server that served the page, and whether that server responds. */
@Injectable({ providedIn: 'root' })
export class Server {
  readonly #announcer = inject(Announcer);
  readonly #key = inject(SessionKey);
  readonly #pausedRetries = new Set<() => void>();

  /** Its streams retry until they are aborted: the page shows that the server is unreachable, and the user decides. */
  readonly client = new ParleyClient({
    baseUrl: basePath().slice(0, -1),
    apiKey: () => this.#key.value(),
    maxRetries: Number.POSITIVE_INFINITY,
    sleep: (ms, signal) => this.#sleep(ms, signal),
    // `keepalive` lets pending deletions complete while the page is being closed.
    fetch: (input, init) => fetch(input, { ...init, keepalive: init?.method === 'DELETE' }),
  });

  /** Whether the last request had no response. */
  readonly isUnreachable = signal(false);

  constructor() {
    addEventListener('online', () => this.retryNow());
  }

  /** Awaits a request and updates {@link isUnreachable} from its outcome. Rethrows the request's error. */
  async track<T>(request: Promise<T>): Promise<T> {
    try {
      const result = await request;
      this.#markReachable();
      return result;
    } catch (error) {
      this.noteError(error);
      throw error;
    }
  }

  /** Updates {@link isUnreachable} from a failed request; with status 401 it also asks for an API key. */
  noteError(error: unknown): void {
    if (isServerUnreachable(error)) this.isUnreachable.set(true);
    else if (error instanceof ProblemError) this.#markReachable();
    if (error instanceof ProblemError && error.status === 401) this.#key.isRequired.set(true);
  }

  /** Updates {@link isUnreachable} from a stream. One failure is ignored: the next attempt may reach another replica. */
  readonly onConnection = (connection: ConnectionState): void => {
    if (connection.state === 'open') this.#markReachable();
    else if (connection.failures > 1) this.noteError(connection.error);
  };

  /** Ends the pauses of streams that wait before they retry. */
  retryNow(): void {
    for (const end of this.#pausedRetries) end();
  }

  #markReachable(): void {
    if (!this.isUnreachable()) return;
    this.isUnreachable.set(false);
    this.#announcer.announce(texts.unreachable.reachableAgain);
    this.retryNow();
  }

  async #sleep(ms: number, signal: AbortSignal): Promise<void> {
    const early = new AbortController();
    const end = (): void => early.abort();
    this.#pausedRetries.add(end);
    try {
      await sleep(ms, AbortSignal.any([signal, early.signal]));
    } catch (error) {
      if (signal.aborted) throw error;
    } finally {
      this.#pausedRetries.delete(end);
    }
  }
}
