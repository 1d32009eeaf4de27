import { EmbeddedPostgres } from '#embedded-postgres';
import { createDataFolder, freePort, queryOnce, withDatabase } from '#testing';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MeasuredProgram, type MeasuredOptions } from './measured-program.js';
import { startMock, type Mock } from './mock.js';

/** A server under test. */
export interface Program {
  name: string;
  child: MeasuredProgram;
  port: number;
  databaseUrl: string;
}

/** Everything that both programs share: one durable PostgreSQL, one mock LLM. Disposing it leaves nothing behind. */
export class Lab implements AsyncDisposable {
  readonly #stack = new AsyncDisposableStack();
  #folder!: string;
  #postgres!: EmbeddedPostgres;
  #mock!: Mock;
  readonly #signal: AbortSignal;

  private constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

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

  /** The file that PostgreSQL writes its log to. */
  get postgresLog(): string {
    return join(this.#folder, 'postgres.log');
  }

  /**
   * Parley itself, as `npm run start:prod` runs it, with its defaults but for what is given.
   * @param databaseUrl left out: a database of its own
   */
  startParley(env: Readonly<Record<string, string>> = {}, databaseUrl?: string): Promise<Program> {
    return this.#startServer('Parley', undefined, env, databaseUrl);
  }

  /** Parley out of another checkout that is built, its own node_modules beside it. */
  startOtherParley(checkout: string): Promise<Program> {
    return this.#startServer('other', checkout);
  }

  /** The least program that does the same. */
  startBare(): Promise<Program> {
    return this.#startProgram('bare', {
      entry: 'bench/src/bare/server',
      ready: /ready/,
      env: { LLM_URL: this.mock.url },
    });
  }

  /** One number out of a program's database. */
  async count(program: Program, sql: string): Promise<number> {
    const rows = await queryOnce(program.databaseUrl, sql);
    return Number(Object.values(rows[0] ?? {})[0]);
  }

  /** A new database without any table. @returns its address */
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
  ): Promise<Program> {
    const options = {
      entry: 'apps/server/src/main',
      checkout,
      ready: /Parley is ready/,
      env: { NODE_ENV: 'production', LLM_WEBSOCKET_URL: this.mock.url, ...env },
    };
    return this.#startProgram(name, options, databaseUrl);
  }

  async #startProgram(name: string, options: MeasuredOptions, database?: string): Promise<Program> {
    const port = await freePort();
    const databaseUrl = database ?? (await this.createDatabase(`${name.toLowerCase()}_${port}`));
    const env = { ...options.env, PORT: String(port), DATABASE_URL: databaseUrl };
    const { child } = await MeasuredProgram.start(
      { ...options, env, cwd: this.#folder },
      this.#register,
      this.#signal,
    );
    return { name, child, port, databaseUrl };
  }

  readonly #register = (program: MeasuredProgram): void => {
    this.#stack.use(program);
  };
}
