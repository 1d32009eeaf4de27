import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createEmptyDatabase, Program, type TestDatabase } from '#testing';

const hostileLlm = fileURLToPath(new URL('hostile-llm.ts', import.meta.url));

/** Another built checkout whose server is measured instead, for figures before a change. */
const checkout = process.env.SECURITY_CHECKOUT;

/** A server in its own process with a heap of 1 GiB, two keys, a hostile LLM server and an empty database. */
export class MeasuredServer {
  readonly keys = { ann: 'a-key-of-ann-0123456789', bob: 'a-key-of-bob-0123456789' };

  readonly #process: Program;
  readonly #llm: ChildProcess;
  readonly #database: TestDatabase;

  private constructor(
    process: Program,
    llm: ChildProcess,
    database: TestDatabase,
    /** Without a slash at the end. */
    readonly url: string,
  ) {
    this.#process = process;
    this.#llm = llm;
    this.#database = database;
  }

  static async start(environment: Record<string, string> = {}): Promise<MeasuredServer> {
    // A process of its own: the other user's chats must not wait for the test, which prepares large bodies.
    const llm = spawn(process.execPath, [hostileLlm], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [llmUrl] = (await once(createInterface(llm.stdout), 'line')) as [string];
    const database = await createEmptyDatabase();
    const server = new Program(
      'apps/server/src/main',
      {
        NODE_ENV: 'production',
        NODE_OPTIONS: '--max-old-space-size=1024',
        LOG_LEVEL: 'info',
        LOG_FORMAT: 'json',
        PORT: '0',
        DATABASE_URL: database.url,
        LLM_WEBSOCKET_URL: llmUrl,
        LLM_TIMEOUT: '60',
        AUTH: 'keys',
        API_KEYS: 'ann:a-key-of-ann-0123456789,bob:a-key-of-bob-0123456789',
        ...environment,
      },
      { checkout },
    );
    const [, url] = await server.waitForOutput(/"url":"(http:[^"]+)"/);
    return new MeasuredServer(server, llm, database, url!);
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** Whether the process is still running. */
  get isAlive(): boolean {
    try {
      return process.kill(this.pid, 0);
    } catch {
      return false;
    }
  }

  /** The output of the process so far. */
  get output(): string {
    return this.#process.output;
  }

  /** Sends a request, by default with ann's key. @returns the status (or the error's message) and the body */
  async call(
    method: string,
    path: string,
    body?: unknown,
    key: string | undefined = this.keys.ann,
    headers: Record<string, string> = {},
  ): Promise<{ status: number | string; text: string }> {
    try {
      const response = await fetch(this.url + path, {
        method,
        headers: {
          ...(key !== '' && { authorization: `Bearer ${key}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
        signal: AbortSignal.timeout(120_000),
      });
      return { status: response.status, text: await response.text() };
    } catch (error) {
      const { message, cause } = error as Error;
      return { status: cause instanceof Error ? cause.message : message, text: '' };
    }
  }

  async stop(): Promise<void> {
    await this.#process.stop('SIGKILL');
    this.#llm.kill('SIGKILL');
    await this.#database.drop();
  }
}
