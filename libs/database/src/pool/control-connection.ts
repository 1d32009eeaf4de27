import type pg from 'pg';

/** Closes a client at once, even if its server does not respond. */
function destroy(client: pg.Client): void {
  client.end().catch(() => undefined);
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
}

/**
 * One connection outside the pool, for statements that must not wait for others: health checks and cancellations. Opened
 * on first use, and again after it broke. Does not keep the process alive.
 */
export class ControlConnection {
  #client: { client: pg.Client; connected: Promise<void>; isConnecting: boolean } | undefined;

  readonly #createClient: () => pg.Client;

  /** @param createClient returns a client that is not connected yet */
  constructor(createClient: () => pg.Client) {
    this.#createClient = createClient;
  }

  /**
   * Runs a statement, connecting first if needed. After any failure other than an error response of PostgreSQL, or a timeout
   * while connecting, the next call opens a new connection.
   * @param timeoutMs bounds connecting and the statement together
   * @throws DOMException `TimeoutError`, or the driver's error
   */
  async query<Row extends pg.QueryResultRow>(
    text: string,
    values: unknown[],
    timeoutMs: number,
  ): Promise<Row[]> {
    const deadline = performance.now() + timeoutMs;
    // A login that an earlier call began may still fail because of what was wrong then.
    if (this.#client?.isConnecting === true) {
      try {
        return await this.#run<Row>(text, values, timeoutMs);
      } catch (error) {
        const leftMs = deadline - performance.now();
        if (isTimeout(error) || leftMs <= 0) throw error;
        return this.#run<Row>(text, values, leftMs);
      }
    }
    return this.#run<Row>(text, values, timeoutMs);
  }

  /** Closes the connection. A later {@link query} opens another one. */
  close(): void {
    if (this.#client !== undefined) this.#drop(this.#client.client);
  }

  async #run<Row extends pg.QueryResultRow>(
    text: string,
    values: unknown[],
    timeoutMs: number,
  ): Promise<Row[]> {
    const control = (this.#client ??= this.#open());
    const { client, connected } = control;
    const timeout = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => timeout.reject(new DOMException('PostgreSQL did not respond in time', 'TimeoutError')),
      timeoutMs,
    );
    try {
      const running = connected.then(() => client.query<Row>(text, values));
      running.catch(() => undefined);
      return (await Promise.race([running, timeout.promise])).rows;
    } catch (error) {
      // The connection stays usable after an ErrorResponse of severity ERROR; FATAL closes it. A login that takes longer
      // than this call, on a slow network, serves the next one; it has its own timeout.
      const isKept = control.isConnecting && isTimeout(error);
      if ((error as { severity?: unknown }).severity !== 'ERROR' && !isKept) this.#drop(client);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  #open(): { client: pg.Client; connected: Promise<void>; isConnecting: boolean } {
    const client = this.#createClient();
    client.on('error', () => this.#drop(client));
    client.on('end', () => this.#drop(client));
    const connected = client.connect().then(() => {
      control.isConnecting = false;
      (client as unknown as { unref(): void }).unref();
    });
    const control = { client, connected, isConnecting: true };
    connected.catch(() => this.#drop(client));
    return control;
  }

  #drop(client: pg.Client): void {
    if (this.#client?.client !== client) return;
    this.#client = undefined;
    destroy(client);
  }
}

function isTimeout(error: unknown): boolean {
  return (error as { name?: unknown }).name === 'TimeoutError';
}
