import { once } from 'node:events';
import { Readable } from 'node:stream';
import { type EventSource } from './event-source.js';

/** Bytes buffered for a reader at which no further events are produced. */
export const windowBytes = 16 * 1024;

/**
 * A comment line, which readers of server-sent events ignore (WHATWG HTML, section 9.2.6). It keeps proxies from closing an
 * idle connection.
 */
const heartbeatComment = ': still here\n\n';

/**
 * Escapes the characters that some readers take for the end of a line, as Python's `splitlines` does. They occur only in the
 * JSON of events, where `JSON.stringify` leaves them.
 */
function escapeLineSeparators(events: string): string {
  return events.replace(/[\u0085\u2028\u2029]/g, (separator) => lineSeparators[separator]!);
}

const lineSeparators: Readonly<Record<string, string>> = {
  '\u0085': '\\u0085',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/**
 * Writes the events of a source as the body of a response, with a comment after each interval without events. Events are
 * produced only as fast as the reader reads them, so a stalled reader costs one window. Destroying the stream closes the
 * source.
 */
export class SseStream extends Readable {
  readonly #source: EventSource;
  readonly #heartbeat: NodeJS.Timeout;
  #isReadPending = false;
  #isFetching = false;
  /** Whether the source has notified since the last call of `next`. */
  #isChanged = false;
  #isEnded = false;
  #hasSentBytes = false;

  /** @param heartbeatMs time without events after which a comment is sent, in milliseconds */
  constructor(source: EventSource, heartbeatMs: number) {
    super({ highWaterMark: windowBytes });
    this.#source = source;
    source.listen(() => {
      this.#isChanged = true;
      this.#produce();
    });
    this.#heartbeat = setInterval(() => this.#sendHeartbeat(), heartbeatMs);
  }

  /**
   * Ends the stream early. Resolves when it is closed.
   * @param timeoutMs how long the reader may take to read the rest, in milliseconds; then its connection is destroyed
   */
  async endWithin(timeoutMs: number): Promise<void> {
    if (this.closed) return;
    this.#source.interrupt();
    if (this.#source.isFinished) this.#end();
    else this.#produce();
    const timer = setTimeout(() => this.destroy(), timeoutMs);
    await once(this, 'close');
    clearTimeout(timer);
  }

  override _read(): void {
    this.#isReadPending = true;
    this.#produce();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#source.close();
    clearInterval(this.#heartbeat);
    callback(error);
  }

  #produce(): void {
    if (!this.#isReadPending || this.#isEnded || this.#isFetching || this.destroyed) return;
    this.#isChanged = false;
    const events = this.#source.next();
    if (typeof events === 'string') this.#pushEvents(events);
    else this.#pushWhenFetched(events);
  }

  #pushWhenFetched(events: Promise<string>): void {
    this.#isFetching = true;
    if (!this.#hasSentBytes) this.#sendHeartbeat();
    void events
      .finally(() => (this.#isFetching = false))
      .then(
        (text) => this.#pushEvents(text),
        (error: Error) => this.#fail(error),
      );
  }

  #pushEvents(events: string): void {
    if (this.#isEnded || this.destroyed) return;
    if (events !== '') {
      this.#isReadPending = false;
      this.#hasSentBytes = true;
      this.push(escapeLineSeparators(events));
      this.#heartbeat.refresh();
    }
    if (this.#source.isFinished) this.#end();
    else if (events === '' && this.#isChanged) this.#produce();
    // The response headers are sent with the first bytes: the client sees at once that the stream is open.
    else if (!this.#hasSentBytes) this.#sendHeartbeat();
  }

  /**
   * Events could not be fetched. Readers whose format has no events for an early end resume when the stream ends. For the
   * others the connection is destroyed, as a part of an event may have been sent.
   */
  #fail(error: Error): void {
    this.#source.interrupt();
    if (this.#source.isFinished) this.#end();
    else this.destroy(error);
  }

  #end(): void {
    if (this.#isEnded || this.destroyed) return;
    this.#isEnded = true;
    this.#source.close();
    this.push(null);
  }

  #sendHeartbeat(): void {
    if (!this.#isReadPending || this.#isEnded) return;
    this.#hasSentBytes = true;
    this.push(heartbeatComment);
  }
}
