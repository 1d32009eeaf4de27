import { MockLlm, type Behavior } from '#mock-llm';
import pg from 'pg';
import { createTestDatabase, Program, type TestDatabase } from '#testing';

/** A server in a process of its own, so that a test can kill, freeze or stop it. */
export interface ReplicaProcess {
  url: string;
  process: Program;
}

/** Compiled servers on one database and one mock LLM. The suite has to call usesBuild(). */
export class Replicas {
  readonly #processes: Program[] = [];
  readonly #database: TestDatabase;
  readonly #sql: pg.Pool;

  private constructor(
    readonly mock: MockLlm,
    database: TestDatabase,
    sql: pg.Pool,
  ) {
    this.#database = database;
    this.#sql = sql;
  }

  static async start(behavior: Partial<Behavior> = {}): Promise<Replicas> {
    const database = await createTestDatabase();
    const sql = new pg.Pool({ connectionString: database.url, max: 2 });
    sql.on('error', () => undefined);
    return new Replicas(await MockLlm.start({ behavior }), database, sql);
  }

  /** Starts another server. Resolves when it is ready. */
  async add(environment: Record<string, string> = {}): Promise<ReplicaProcess> {
    const process = new Program('apps/server/src/main', {
      NODE_ENV: 'test',
      LOG_FORMAT: 'json',
      PORT: '0',
      DATABASE_URL: this.#database.url,
      LLM_WEBSOCKET_URL: this.mock.url,
      RUN_LEASE: '1.5',
      ...environment,
    });
    this.#processes.push(process);
    const [, url] = await process.waitForOutput(/"url":"(http:[^"]+)"/);
    return { url: url!, process };
  }

  async rows<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.#sql.query<Row>(text, values)).rows;
  }

  /** A connection to the database, for example to hold locks. */
  async connect(): Promise<pg.PoolClient> {
    return this.#sql.connect();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.stop('SIGKILL')));
    await this.mock.stop();
    await this.#sql.end();
    await this.#database.drop();
  }
}
