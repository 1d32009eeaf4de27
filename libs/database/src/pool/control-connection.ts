import type pg from 'pg';

/** Ends a client at once, also one whose server does not answer. */
function destroy(client: pg.Client): void {
  client.end().catch(() => undefined);
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
}

/**
 * One connection beside the pool, for statements that must not wait behind others: health checks and cancellations. It
 * is opened on first use and again after it broke. It does not keep the process alive.
 */
export class ControlConnection {
  #client: { client: pg.Client; connected: Promise<void> } | undefined;

  readonly #createClient: () => pg.Client;

  /** @param createClient returns a client that is not connected yet */
  constructor(createClient: () => pg.Client) {
    this.#createClient = createClient;
  }

  /**
   * Runs a statement, connecting first if needed. After any failure but an error response of PostgreSQL, the next call
   * opens a new connection.
   * @param timeoutMs for connecting and the statement together
   * @throws DOMException `TimeoutError`, or the driver's error
   */
  async query<Row extends pg.QueryResultRow>(
    text: string,
    values: unknown[],
    timeoutMs: number,
  ): Promise<Row[]> {
    const { client, connected } = (this.#client ??= this.#open());
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => late.reject(new DOMException('PostgreSQL did not answer in time', 'TimeoutError')),
      timeoutMs,
    );
    try {
      const running = connected.then(() => client.query<Row>(text, values));
      running.catch(() => undefined);
      return (await Promise.race([running, late.promise])).rows;
    } catch (error) {
      // An ErrorResponse to a statement has a severity and leaves the connection as it was; FATAL ends it.
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
