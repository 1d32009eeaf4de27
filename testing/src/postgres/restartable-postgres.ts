import { EmbeddedPostgres } from '#embedded-postgres';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { processAndChildren, signalAll } from '../processes/process-tree.js';
import { queryOnce } from './admin-connection.js';
import { copyCluster } from './cluster.js';

/** Bounds {@link RestartablePostgres.query}: longer than any fault of the database. */
const queryTimeoutMs = 30_000;
/** How long a start is repeated while it fails because processes of the killed server are still ending. */
const restartTimeoutMs = 15_000;

/** A durable PostgreSQL that can be killed, frozen, and started again on the same data and port. */
export class RestartablePostgres {
  #frozen: number[] = [];
  readonly #dataDirectory: string;
  #server: EmbeddedPostgres;

  private constructor(dataDirectory: string, server: EmbeddedPostgres) {
    this.#dataDirectory = dataDirectory;
    this.#server = server;
  }

  /** @param dataDirectory does not exist; its parent does. It is initialized, in tests with {@link copyCluster} */
  static async start(dataDirectory: string, signal?: AbortSignal): Promise<RestartablePostgres> {
    copyCluster(dataDirectory);
    return new RestartablePostgres(dataDirectory, await startServer(dataDirectory, { signal }));
  }

  /** Its address, with an `application_name` for the connections made with it. */
  urlFor(applicationName: string): string {
    const url = new URL(this.#server.url);
    url.searchParams.set('application_name', applicationName);
    return url.href;
  }

  /** Ends it without a checkpoint, as a power cut does: SIGQUIT ends all of its processes, SIGKILL only the first. */
  async kill(signal: 'SIGQUIT' | 'SIGKILL'): Promise<void> {
    signalAll([await this.#pid()], signal);
    await this.#server.exited;
  }

  /** Ends it with a fast shutdown. */
  async shutDown(): Promise<void> {
    await this.#server.stop();
  }

  /** Starts it on the same data and port, after {@link kill} or {@link shutDown}. @throws what failed for longer than 15 s */
  async restart(): Promise<void> {
    await this.#server.stop();
    const { port } = this.#server;
    const deadline = performance.now() + restartTimeoutMs;
    for (;;) {
      try {
        this.#server = await startServer(this.#dataDirectory, { port });
        return;
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await delay(200);
      }
    }
  }

  /** Sends SIGSTOP to all of its processes. */
  async freeze(): Promise<void> {
    const pid = await this.#pid();
    // The first process first, so that it starts no other one meanwhile.
    signalAll([pid], 'SIGSTOP');
    this.#frozen = await processAndChildren(pid);
    signalAll(this.#frozen, 'SIGSTOP');
  }

  /** Sends SIGCONT to the processes that {@link freeze} stopped. */
  thaw(): void {
    signalAll([...this.#frozen].reverse(), 'SIGCONT');
    this.#frozen = [];
  }

  /** Runs one statement on a connection of its own, named `chaos`. @throws after 30 s */
  async query<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
    return queryOnce<Row>(this.urlFor('chaos'), text, { values, timeoutMs: queryTimeoutMs });
  }

  /** Thaws and ends it. */
  async stop(): Promise<void> {
    this.thaw();
    await this.#server.stop();
  }

  async #pid(): Promise<number> {
    const lock = await readFile(join(this.#dataDirectory, 'postmaster.pid'), 'utf8');
    return Number.parseInt(lock, 10);
  }
}

function startServer(
  dataDirectory: string,
  { port, signal }: { port?: number; signal?: AbortSignal | undefined },
): Promise<EmbeddedPostgres> {
  return EmbeddedPostgres.start({
    dataDirectory,
    durable: true,
    ...(port === undefined ? {} : { port }),
    ...(signal === undefined ? {} : { signal }),
  });
}
