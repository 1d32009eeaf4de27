import { EmbeddedPostgres } from '#embedded-postgres';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import pg from 'pg';
import { Child } from './child.js';
import { freePort } from './free-port.js';
import { startMock, type Mock } from './mock.js';

/** Compiled programs, seen from dist/bench/src/lab. */
const dist = new URL('../../../', import.meta.url);
/** In the checkout, not in /tmp, which is often memory: a commit has to reach a disk. */
const dataRoot = fileURLToPath(new URL('../.data/', dist));

/** A server under test. */
export interface Program {
  name: string;
  child: Child;
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
    return this.#startServer('Parley', dist, env, databaseUrl);
  }

  /** Parley out of another checkout that is built, its own node_modules beside it. */
  startOtherParley(checkout: string): Promise<Program> {
    return this.#startServer('other', pathToFileURL(join(checkout, 'dist/')));
  }

  /** The least program that does the same. */
  startBare(): Promise<Program> {
    const script = new URL('bench/src/bare/server.js', dist);
    return this.#startProgram('bare', script, /ready/, { LLM_URL: this.mock.url });
  }

  /** One number out of a program's database. */
  async count(program: Program, sql: string): Promise<number> {
    const rows = await this.#query(program.databaseUrl, sql);
    return Number(Object.values(rows[0] ?? {})[0]);
  }

  /** A new database without any table. @returns its address */
  async createDatabase(name: string): Promise<string> {
    await this.#query(this.#postgres.url, `CREATE DATABASE ${name}`);
    const url = new URL(this.#postgres.url);
    url.pathname = `/${name}`;
    return url.href;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }

  async #open(): Promise<void> {
    await mkdir(dataRoot, { recursive: true });
    this.#folder = await mkdtemp(join(dataRoot, 'bench-'));
    this.#stack.defer(() => rm(this.#folder, { recursive: true, force: true, maxRetries: 3 }));
    this.#postgres = await EmbeddedPostgres.start({
      dataDirectory: join(this.#folder, 'postgres'),
      durable: true,
      signal: this.#signal,
    });
    this.#stack.defer(() => this.#postgres.stop());
    const script = new URL('apps/mock-llm/src/main.js', dist);
    this.#mock = await startMock({ script, cwd: this.#folder }, this.#register, this.#signal);
  }

  #startServer(
    name: string,
    from: URL,
    env: Readonly<Record<string, string>> = {},
    databaseUrl?: string,
  ): Promise<Program> {
    return this.#startProgram(
      name,
      new URL('apps/server/src/main.js', from),
      /Parley is ready/,
      { NODE_ENV: 'production', LLM_WEBSOCKET_URL: this.mock.url, ...env },
      databaseUrl,
    );
  }

  async #startProgram(
    name: string,
    script: URL,
    ready: RegExp,
    env: Record<string, string>,
    database?: string,
  ): Promise<Program> {
    const port = await freePort();
    const databaseUrl = database ?? (await this.createDatabase(`${name.toLowerCase()}_${port}`));
    const { child } = await Child.start(
      {
        name,
        script,
        env: { ...env, PORT: String(port), DATABASE_URL: databaseUrl },
        cwd: this.#folder,
        ready,
      },
      this.#register,
      this.#signal,
    );
    return { name, child, port, databaseUrl };
  }

  readonly #register = (child: Child): void => {
    this.#stack.use(child);
  };

  async #query(connectionString: string, sql: string): Promise<Record<string, unknown>[]> {
    const client = new pg.Client({ connectionString });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  }
}
