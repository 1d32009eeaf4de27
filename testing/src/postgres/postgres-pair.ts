import { EmbeddedPostgres } from '#embedded-postgres';
import { chmodSync, cpSync, existsSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { processAndChildren, signalAll } from '../processes/process-tree.js';
import { queryOnce } from './admin-connection.js';
import { copyCluster } from './cluster.js';

/** Bounds {@link PostgresPair.query}: longer than an outage. */
const queryTimeoutMs = 30_000;

/** A primary and its synchronous standby: a commit is confirmed when both have it. Both are durable. */
export class PostgresPair {
  readonly #folder: string;
  readonly #primary: EmbeddedPostgres;
  readonly #standby: EmbeddedPostgres;
  #isPromoted = false;
  #frozen: number[] = [];

  private constructor(folder: string, primary: EmbeddedPostgres, standby: EmbeddedPostgres) {
    this.#folder = folder;
    this.#primary = primary;
    this.#standby = standby;
  }

  /** @param folder for the data of both; it exists */
  static async start(folder: string, signal?: AbortSignal): Promise<PostgresPair> {
    const [primaryData, standbyData] = [join(folder, 'primary'), join(folder, 'standby')];
    const given = { durable: true, ...(signal === undefined ? {} : { signal }) };
    await initialize(primaryData, given);
    // A cold copy is a base backup.
    cpSync(primaryData, standbyData, { recursive: true });
    chmodSync(standbyData, 0o700);
    cpSync(`${primaryData}.password`, `${standbyData}.password`);
    writeFileSync(join(standbyData, 'standby.signal'), '');
    const primary = await EmbeddedPostgres.start({
      ...given,
      dataDirectory: primaryData,
      settings: { synchronous_standby_names: '*' },
    });
    try {
      const { username, password, port } = new URL(primary.url);
      const primaryInfo = `host=127.0.0.1 port=${port} user=${username} password=${password}`;
      const standby = await EmbeddedPostgres.start({
        ...given,
        dataDirectory: standbyData,
        settings: { primary_conninfo: primaryInfo },
      });
      return new PostgresPair(folder, primary, standby);
    } catch (error) {
      await primary.stop();
      throw error;
    }
  }

  /** The address of both, with an `application_name` for the connections made with it. */
  urlFor(applicationName: string): string {
    const { username, password, pathname } = new URL(this.#primary.url);
    const hosts = [this.#primary, this.#standby].map(({ port }) => `127.0.0.1:${port}`).join(',');
    const name = encodeURIComponent(applicationName);
    return `postgres://${username}:${password}@${hosts}${pathname}?target_session_attrs=read-write&application_name=${name}`;
  }

  /** Ends all processes of the primary at once, as a machine does that loses its power. */
  async killPrimary(): Promise<void> {
    signalAll(await this.#processesOfPrimary(), 'SIGKILL');
    await this.#primary.exited;
  }

  /** Stops all processes of the primary, as a machine does that hangs: its connections stay open, without an answer. */
  async freezePrimary(): Promise<void> {
    this.#frozen = await this.#processesOfPrimary();
    signalAll(this.#frozen, 'SIGSTOP');
  }

  async #processesOfPrimary(): Promise<number[]> {
    const lock = await readFile(join(this.#folder, 'primary', 'postmaster.pid'), 'utf8');
    return processAndChildren(Number.parseInt(lock, 10));
  }

  /** Makes the standby the primary. Resolves when it accepts writes. */
  async promote(): Promise<void> {
    await queryOnce(this.#standby.url, 'SELECT pg_promote(true, 30)', { timeoutMs: queryTimeoutMs });
    this.#isPromoted = true;
  }

  /** Runs one statement on the server that accepts writes, on a connection of its own, named `chaos`. @throws after 30 s */
  async query<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
    const url = new URL((this.#isPromoted ? this.#standby : this.#primary).url);
    url.searchParams.set('application_name', 'chaos');
    return queryOnce<Row>(url.href, text, { values, timeoutMs: queryTimeoutMs });
  }

  /** Ends both, also a frozen one. */
  async stop(): Promise<void> {
    signalAll(this.#frozen, 'SIGCONT');
    await Promise.all([this.#primary.stop(), this.#standby.stop()]);
  }
}

/** Runs initdb, unless there is a cluster to copy. */
async function initialize(
  dataDirectory: string,
  given: { durable: boolean; signal?: AbortSignal },
): Promise<void> {
  copyCluster(dataDirectory);
  if (existsSync(dataDirectory)) return;
  const server = await EmbeddedPostgres.start({ ...given, dataDirectory });
  await server.stop();
}
