import { MockLlm, type Behavior } from '#mock-llm';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import pg from 'pg';
import { loadConfiguration, type Configuration } from '../../apps/server/src/configuration/index.js';
import { Logger } from '../../apps/server/src/logging/logger.js';
import { createApp } from '../../apps/server/src/start/create-app.js';
import { listen } from '../../apps/server/src/start/listen.js';
import { allEvents, type ReceivedEvent } from './event-stream.js';
import { createTestDatabase, type TestDatabase } from '#testing';

/** A JSON object. */
export type Json = Record<string, unknown>;

export interface Answer<Body = Json> {
  status: number;
  headers: Headers;
  body: Body;
}

export interface StackOptions {
  /** Environment variables of the server. The addresses of the database and of the first mock LLM are set. */
  environment?: Record<string, string> | ((mocks: readonly MockLlm[]) => Record<string, string>);
  behavior?: Partial<Behavior>;
  /** A migrated database, which `stop()` drops. Default: a new one on the server of the test run. */
  database?: TestDatabase;
  /** How many mock LLMs to start. Default: 1. */
  mocks?: number;
  /** Loopback addresses besides 127.0.0.1 that the server listens on, as `HOST=localhost` does on ::1. */
  furtherAddresses?: readonly string[];
  /** Changes the configuration where environment variables cannot. */
  configure?: (configuration: Configuration, mocks: readonly MockLlm[]) => Configuration;
}

/** A whole server in this process: the application on a port, a database, and mock LLMs with sockets. */
export class Stack {
  readonly #configuration: Configuration;
  #app: NestFastifyApplication;

  private constructor(
    readonly database: TestDatabase,
    readonly mocks: readonly MockLlm[],
    readonly sql: pg.Pool,
    configuration: Configuration,
    app: NestFastifyApplication,
    public url: string,
  ) {
    this.#configuration = configuration;
    this.#app = app;
  }

  static async start(options: StackOptions = {}): Promise<Stack> {
    const database = options.database ?? (await createTestDatabase());
    const mocks: MockLlm[] = [];
    for (let count = 0; count < (options.mocks ?? 1); count += 1) {
      mocks.push(await MockLlm.start({ ...(options.behavior ? { behavior: options.behavior } : {}) }));
    }
    const { environment = {} } = options;
    const loaded = loadConfiguration(
      {
        NODE_ENV: 'test',
        LOG_LEVEL: 'silent',
        PORT: '0',
        LLM_WEBSOCKET_URL: mocks[0]!.url,
        LLM_RETRY_BASE_MS: '5',
        DATABASE_URL: database.url,
        ...(typeof environment === 'function' ? environment(mocks) : environment),
      },
      '/no/such/file',
    );
    const configuration = options.configure?.(loaded, mocks) ?? loaded;
    const sql = new pg.Pool({ connectionString: database.url, max: 2 });
    sql.on('error', () => undefined);
    const { app, url } = await serve(configuration, database.url, 0, options.furtherAddresses);
    return new Stack(database, mocks, sql, configuration, app, url);
  }

  /** The first mock LLM. */
  get mock(): MockLlm {
    return this.mocks[0]!;
  }

  /** A provider of the application. */
  get<T>(token: abstract new (...args: never[]) => T): T {
    return this.#app.get(token, { strict: false });
  }

  /** Closes the server as on SIGTERM, and starts another one on the same database. */
  async restart(): Promise<void> {
    await this.#app.close();
    const { app, url } = await serve(this.#configuration, this.database.url);
    this.#app = app;
    this.url = url;
  }

  /** Starts the server again after `close()`, on the given port. */
  async open(port: number): Promise<void> {
    const { app, url } = await serve(this.#configuration, this.database.url, port);
    this.#app = app;
    this.url = url;
  }

  /** Starts a second replica on the same database. */
  async replica(): Promise<{ url: string; close: () => Promise<void> }> {
    const { app, url } = await serve(this.#configuration, this.database.url);
    return { url, close: () => app.close() };
  }

  /** Closes the server, but neither the database nor the mock LLMs. */
  async close(): Promise<void> {
    await this.#app.close();
  }

  async stop(): Promise<void> {
    await this.#app.close();
    await Promise.all(this.mocks.map((mock) => mock.stop()));
    await this.sql.end();
    await this.database.drop();
  }

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(this.url + path, init);
  }

  /** Sends a request and parses its JSON answer. */
  async call<Body = Json>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<Body>> {
    const response = await this.fetch(path, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text === '' ? undefined : JSON.parse(text)) as Body,
    };
  }

  /** Sends a POST request for an event stream and reads it to its end. */
  async events(path: string, body: unknown, headers: Record<string, string> = {}): Promise<ReceivedEvent[]> {
    return allEvents(await this.stream(path, body, headers));
  }

  stream(
    path: string,
    body: unknown,
    headers: Record<string, string> = {},
    signal?: AbortSignal,
  ): Promise<Response> {
    return this.fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
      body: JSON.stringify(body),
      ...(signal === undefined ? {} : { signal }),
    });
  }

  async rows<Row extends pg.QueryResultRow = Json>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.sql.query<Row>(text, values)).rows;
  }
}

async function serve(
  configuration: Configuration,
  databaseUrl: string,
  port = 0,
  furtherAddresses: readonly string[] = [],
): Promise<{ app: NestFastifyApplication; url: string }> {
  const app = await createApp(configuration, databaseUrl, new Logger(configuration.log, false));
  const addresses = ['127.0.0.1', ...furtherAddresses];
  const listeningPort = await listen(app, port, 'localhost', () => Promise.resolve(addresses));
  return { app, url: `http://127.0.0.1:${listeningPort}` };
}
