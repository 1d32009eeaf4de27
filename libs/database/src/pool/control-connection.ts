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
  #client: { client: pg.Client; connected: Promise<void> } | undefined;

  readonly #createClient: () => pg.Client;

  /** @param createClient returns a client that is not connected yet */
  constructor(createClient: () => pg.Client) {
    this.#createClient = createClient;
  }

  /**
   * Runs a statement, connecting first if needed. After any failure other than an error response of PostgreSQL, the next
   * call opens a new connection.
   * @param timeoutMs bounds connecting and the statement together
   * @throws DOMException `TimeoutError`, or the driver's error
   */
  async query<Row extends pg.QueryResultRow>(
    text: string,
    values: unknown[],
    timeoutMs: number,
  ): Promise<Row[]> {
    const { client, connected } = (this.#client ??= this.#open());
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
      // The connection stays usable after an ErrorResponse of severity ERROR; FATAL closes it.
      if ((error as { severity?: unknown }).severity !== 'ERROR') this.#drop(client);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Closes the connection. A later {@link query} opens another one. */
  close(): void {
    if (this.#client !== undefined) this.#drop(this.#client.client);
  }

  #open(): { client: pg.Client; connected: Promise<void> } {
    const client = this.#createClient();
    client.on('error', () => this.#drop(client));
    client.on('end', () => this.#drop(client));
    const connected = client.connect().then(() => (client as unknown as { unref(): void }).unref());
    connected.catch(() => undefined);
    return { client, connected };
  }

  #drop(client: pg.Client): void {
    if (this.#client?.client !== client) return;
    this.#client = undefined;
    destroy(client);
  }
}
