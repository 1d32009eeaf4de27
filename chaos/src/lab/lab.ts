import { MockLlm } from '#mock-llm';
import {
  createDataFolder,
  endWithParent,
  freePort,
  PostgresPair,
  Program,
  RestartablePostgres,
} from '#testing';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { installAudit } from './audit.js';
import { Replica } from './replica.js';

const replicaCount = 3;
const mockCount = 2;

/** Settings of the LLM servers and of the replicas. */
export interface LabOptions {
  /** The speed of the LLM's answers. */
  tokensPerSecond: number;
  /** How long active runs may continue after SIGTERM, in seconds. */
  drainSeconds: number;
  /** Whether PostgreSQL has a synchronous standby. */
  hasStandby: boolean;
}

/** The database of a lab. */
export type LabPostgres = Pick<RestartablePostgres, 'urlFor' | 'query' | 'stop'>;

/** Three replicas, one PostgreSQL or a primary with a standby, two LLM servers. Disposing it ends everything and deletes its folder. */
export class Lab implements AsyncDisposable {
  readonly #stack = new AsyncDisposableStack();
  readonly replicas: Replica[] = [];
  readonly mocks: MockLlm[] = [];
  #folder!: string;
  #postgres!: RestartablePostgres | PostgresPair;
  #keepsFolder = false;
  readonly #options: LabOptions;

  private constructor(options: LabOptions) {
    this.#options = options;
  }

  /** @throws Error if something does not start; nothing is left running then */
  static async open(options: LabOptions, signal: AbortSignal): Promise<Lab> {
    const lab = new Lab(options);
    try {
      await lab.#open(signal);
    } catch (error) {
      await lab[Symbol.asyncDispose]();
      throw error;
    }
    return lab;
  }

  get postgres(): LabPostgres {
    return this.#postgres;
  }

  /** The only PostgreSQL. @throws TypeError if there is a standby */
  get single(): RestartablePostgres {
    if (this.#postgres instanceof RestartablePostgres) return this.#postgres;
    throw new TypeError('This lab has two PostgreSQL servers.');
  }

  /** The primary and its standby. @throws TypeError if there is no standby */
  get pair(): PostgresPair {
    if (this.#postgres instanceof PostgresPair) return this.#postgres;
    throw new TypeError('This lab has no standby.');
  }

  /** Keeps the folder with the logs of all programs. @returns its path */
  keepFolder(): string {
    this.#keepsFolder = true;
    return this.#folder;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }

  async #open(signal: AbortSignal): Promise<void> {
    this.#folder = await createDataFolder('chaos-');
    this.#stack.defer(async () => {
      if (!this.#keepsFolder) await rm(this.#folder, { recursive: true, force: true, maxRetries: 3 });
    });
    this.#postgres = this.#options.hasStandby
      ? await PostgresPair.start(this.#folder, signal)
      : await RestartablePostgres.start(join(this.#folder, 'postgres'), signal);
    this.#stack.defer(() => this.#postgres.stop());
    for (let count = 0; count < mockCount; count += 1) {
      const mock = await MockLlm.start({
        behavior: { tokensPerSecond: this.#options.tokensPerSecond },
        keepRequests: 0,
      });
      this.#stack.defer(() => mock.stop());
      this.mocks.push(mock);
    }
    await this.#migrate();
    await this.#postgres.query(installAudit);
    for (let number = 1; number <= replicaCount; number += 1)
      this.replicas.push(await this.#replica(`replica ${number}`));
    this.#stack.defer(async () => void (await Promise.all(this.replicas.map((replica) => replica.kill()))));
    await Promise.all(this.replicas.map((replica) => replica.start(signal)));
  }

  async #migrate(): Promise<void> {
    const { code } = await this.#run('apps/server/src/migrate', this.#environment('migrate'), 'migrate.log')
      .ended;
    if (code !== 0)
      throw new Error(`the migrations ended with ${code}: see ${this.keepFolder()}/migrate.log`);
  }

  async #replica(name: string): Promise<Replica> {
    const port = await freePort();
    return new Replica(name, port, (launch) =>
      this.#run(
        'apps/server/src/main',
        { ...this.#environment(`${name}, launch ${launch}`), PORT: String(port) },
        `${name.replace(' ', '-')}.log`,
      ),
    );
  }

  #run(entry: string, env: Record<string, string>, logFile: string): Program {
    return new Program(entry, env, {
      cwd: this.#folder,
      logFile: join(this.#folder, logFile),
      preload: [endWithParent],
    });
  }

  #environment(name: string): Record<string, string> {
    const [first, ...others] = this.mocks.map(({ url }) => url);
    return {
      NODE_ENV: 'production',
      LOG_LEVEL: 'info',
      LOG_FORMAT: 'json',
      DATABASE_URL: this.#postgres.urlFor(name),
      DRAIN_TIMEOUT: String(this.#options.drainSeconds),
      LLM_WEBSOCKET_URL: first ?? '',
      LLM_WEBSOCKET_URLS: others.join(','),
      // A run that an LLM does not answer has to end well within the 30 s in which every run has to end after the last fault.
      LLM_CONNECT_TIMEOUT: '2',
      LLM_FIRST_TOKEN_TIMEOUT: '4',
      LLM_IDLE_TIMEOUT: '4',
      LLM_TIMEOUT: '15',
    };
  }
}
