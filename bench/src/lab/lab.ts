import { EmbeddedPostgres } from '#embedded-postgres';
import { createDataFolder, freePort, queryOnce, withDatabase } from '#testing';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MeasuredProgram, type MeasuredOptions } from './measured-program.js';
import { startMock, type Mock } from './mock.js';

/** A running server under test. */
export interface TestedServer {
  name: string;
  process: MeasuredProgram;
  port: number;
  databaseUrl: string;
}

/** The durable PostgreSQL and the mock LLM of all servers under test. Disposing it ends all programs and deletes their data. */
export class Lab implements AsyncDisposable {
  readonly #stack = new AsyncDisposableStack();
  #folder!: string;
  #postgres!: EmbeddedPostgres;
  #mock!: Mock;
  readonly #signal: AbortSignal;

  private constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** @throws Error if PostgreSQL or the mock LLM does not start; nothing is left running then */
  static async open(signal: AbortSignal): Promise<Lab> {
    const lab = new Lab(signal);
    try {
      await lab.#open();
    } catch (error) {
      await lab[Symbol.asyncDispose]();
      throw error;
    }
    return lab;
  }

  get mock(): Mock {
    return this.#mock;
  }

  /** PostgreSQL's log file. */
  get postgresLog(): string {
    return join(this.#folder, 'postgres.log');
  }

  /**
   * Starts Parley as `npm run start:prod` does.
   * @param env settings besides the defaults
   * @param databaseUrl default: a new database
   */
  startParley(env: Readonly<Record<string, string>> = {}, databaseUrl?: string): Promise<TestedServer> {
    return this.#startServer('Parley', undefined, env, databaseUrl);
  }

  /** Starts Parley from another built checkout with its own node_modules. */
  startOtherParley(checkout: string): Promise<TestedServer> {
    return this.#startServer('other', checkout);
  }

  /** Starts the bare server. */
  startBare(): Promise<TestedServer> {
    return this.#start('bare', {
      entry: 'bench/src/bare/server',
      ready: /ready/,
      env: { LLM_URL: this.mock.url },
    });
  }

  /** The first value of a query in a server's database, as a number. */
  async count(server: TestedServer, sql: string): Promise<number> {
    const rows = await queryOnce(server.databaseUrl, sql);
    return Number(Object.values(rows[0] ?? {})[0]);
  }

  /** Creates an empty database. @returns its address */
  async createDatabase(name: string): Promise<string> {
    await queryOnce(this.#postgres.url, `CREATE DATABASE ${name}`);
    return withDatabase(this.#postgres.url, name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }

  async #open(): Promise<void> {
    this.#folder = await createDataFolder('bench-');
    this.#stack.defer(() => rm(this.#folder, { recursive: true, force: true, maxRetries: 3 }));
    this.#postgres = await EmbeddedPostgres.start({
      dataDirectory: join(this.#folder, 'postgres'),
      durable: true,
      signal: this.#signal,
    });
    this.#stack.defer(() => this.#postgres.stop());
    this.#mock = await startMock(this.#folder, this.#register, this.#signal);
  }

  #startServer(
    name: string,
    checkout: string | undefined,
    env: Readonly<Record<string, string>> = {},
    databaseUrl?: string,
  ): Promise<TestedServer> {
    const options = {
      entry: 'apps/server/src/main',
      checkout,
      ready: /Parley is ready/,
      env: { NODE_ENV: 'production', LLM_WEBSOCKET_URL: this.mock.url, ...env },
    };
    return this.#start(name, options, databaseUrl);
  }

  async #start(name: string, options: MeasuredOptions, database?: string): Promise<TestedServer> {
    const port = await freePort();
    const databaseUrl = database ?? (await this.createDatabase(`${name.toLowerCase()}_${port}`));
    const env = { ...options.env, PORT: String(port), DATABASE_URL: databaseUrl };
    const { program: process } = await MeasuredProgram.start(
      { ...options, env, cwd: this.#folder },
      this.#register,
      this.#signal,
    );
    return { name, process, port, databaseUrl };
  }

  readonly #register = (program: MeasuredProgram): void => {
    this.#stack.use(program);
  };
}
