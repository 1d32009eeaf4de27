import { MockLlm } from '#mock-llm';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../../bench/src/lab/free-port.js';
import { installAudit } from './audit.js';
import { Postgres } from './postgres.js';
import { Program } from './program.js';
import { Replica } from './replica.js';

/** Compiled programs, seen from dist/chaos/src/lab. */
const dist = new URL('../../../', import.meta.url);
/** In the checkout, not in /tmp, which is often memory: a commit has to reach a disk. */
const dataRoot = fileURLToPath(new URL('../.data/', dist));

const replicaCount = 3;
const mockCount = 2;

/** What the replicas are told beside their addresses. */
export interface LabOptions {
  /** Pace of the LLM's answers. */
  tokensPerSecond: number;
  /** How long runs may go on when a replica is asked to stop, in seconds. */
  drainSeconds: number;
}

/** Three replicas, one PostgreSQL, two LLM servers. Disposing it leaves nothing behind but, if wanted, the logs. */
export class Lab implements AsyncDisposable {
  readonly #stack = new AsyncDisposableStack();
  readonly replicas: Replica[] = [];
  readonly mocks: MockLlm[] = [];
  #folder!: string;
  #postgres!: Postgres;
  #keepsFolder = false;
  readonly #options: LabOptions;

  private constructor(options: LabOptions) {
    this.#options = options;
  }

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

  get postgres(): Postgres {
    return this.#postgres;
  }

  /** The folder with the logs of all programs is not deleted. @returns its path */
  keepFolder(): string {
    this.#keepsFolder = true;
    return this.#folder;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }

  async #open(signal: AbortSignal): Promise<void> {
    await mkdir(dataRoot, { recursive: true });
    this.#folder = await mkdtemp(join(dataRoot, 'chaos-'));
    this.#stack.defer(async () => {
      if (!this.#keepsFolder) await rm(this.#folder, { recursive: true, force: true, maxRetries: 3 });
    });
    this.#postgres = await Postgres.start(join(this.#folder, 'postgres'), signal);
    this.#stack.defer(() => this.#postgres.stop());
    for (let count = 0; count < mockCount; count += 1) {
      const mock = await MockLlm.start({
        behaviour: { tokensPerSecond: this.#options.tokensPerSecond },
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
    const logFile = join(this.#folder, 'migrate.log');
    const env = this.#environment('migrate');
    const script = new URL('apps/server/src/migrate.js', dist);
    const program = await Program.start({ script, env, cwd: this.#folder, logFile });
    const { code } = await program.ended;
    if (code !== 0)
      throw new Error(`the migrations ended with ${code}: see ${this.keepFolder()}/migrate.log`);
  }

  async #replica(name: string): Promise<Replica> {
    const port = await freePort();
    return new Replica(name, port, (life) => ({
      script: new URL('apps/server/src/main.js', dist),
      env: { ...this.#environment(`${name}, life ${life}`), PORT: String(port) },
      cwd: this.#folder,
      logFile: join(this.#folder, `${name.replace(' ', '-')}.log`),
    }));
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
      // So that what an LLM leaves unanswered is over well within the 30 s that a run may take when all works again.
      LLM_CONNECT_TIMEOUT: '2',
      LLM_FIRST_TOKEN_TIMEOUT: '4',
      LLM_IDLE_TIMEOUT: '4',
      LLM_TIMEOUT: '15',
    };
  }
}
