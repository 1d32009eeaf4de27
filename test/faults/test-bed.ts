import { LlmClient, type AttemptRecord } from '#llm';
import { DEFAULT_BEHAVIOR, type MockLlm } from '#mock-llm';
import { type Configuration } from '../../apps/server/src/configuration/index.js';
import { Stack } from '../harness/stack.js';
import { ask } from './caller.js';
import { type Injection, type Alternative } from './fault.js';
import { FaultProxy } from './fault-proxy.js';
import { environmentOf, short, type Limits } from './limits.js';

/** Each mock LLM server has its own answer, so that an answer mixed from two servers is detected. */
const replies = [
  'Alpha alone said all of this, and alpha said it well: alpha.',
  'Beta wrote this by itself, all of it, as beta does: beta!',
];

/** The use of an endpoint after which its breaker or the retry budget could affect the next row of the matrix. */
const maxUse = { consecutiveFailures: 3, attempts: 14, retries: 6 };

/** The attempts at an endpoint since the server was started. */
interface EndpointUse {
  consecutiveFailures: number;
  attempts: number;
}

/**
 * A complete Parley server with two mock LLM servers, each behind a proxy. A fault affects the endpoint of the first route
 * that is asked first; after its first failed attempt, the other one is healthy.
 */
export class TestBed {
  #use = new Map<string, EndpointUse>();
  #retries = 0;
  #isInjecting = false;
  #faultyEndpoint: string | undefined;

  /** @param badAddress returns the address of the faulty endpoint, for faults of addresses */
  static async start(
    alternative: Alternative,
    limits: Limits = short,
    badAddress?: (plainPort: number) => string,
    settings: Record<string, string> = {},
  ): Promise<TestBed> {
    const proxies = [await FaultProxy.start(), await FaultProxy.start()];
    const stack = await Stack.start({
      mocks: 2,
      environment: { ...environmentOf(limits), ...settings },
      configure: (configuration, mocks) => {
        const [first, second] = proxies.map((proxy, index) => {
          proxy.target = mocks[index]!.port;
          return `ws://127.0.0.1:${proxy.port}/chat`;
        }) as [string, string];
        const faulty = badAddress?.(mocks[0]!.port) ?? first;
        return { ...configuration, llm: { ...configuration.llm, ...addresses(alternative, faulty, second) } };
      },
    });
    const testBed = new TestBed(stack, proxies, alternative, limits, badAddress !== undefined);
    testBed.#observeAttempts();
    await testBed.reset();
    return testBed;
  }

  private constructor(
    readonly stack: Stack,
    readonly proxies: readonly FaultProxy[],
    readonly alternative: Alternative,
    readonly limits: Limits,
    readonly hasBadAddress: boolean,
  ) {}

  get client(): LlmClient {
    return this.stack.get(LlmClient);
  }

  /** The answer of each mock LLM server when it is healthy. */
  get replies(): readonly string[] {
    return replies;
  }

  /**
   * Prepares the next row: closes all connections.
   * @param isLater whether to open connections and send one request on each, so that the fault meets used connections
   */
  async prepare(isLater = false): Promise<void> {
    if (isLater) await this.restartServer();
    else await this.#restartIfUsed();
    await this.closeConnections();
    await this.reset();
    // Endpoints of unknown latency are asked in turn.
    if (isLater)
      for (let left = this.#firstRouteMocks.length; left > 0; left -= 1) await ask(this.stack, 'plain');
  }

  /** Injects the fault into every endpoint that may be asked first. @param times the number of affected requests; default: all */
  async inject({ mock: behavior, proxy: fault, open }: Injection, times: number | undefined): Promise<void> {
    this.#faultyEndpoint = undefined;
    for (const [index, mock] of this.#firstRouteMocks.entries()) {
      await this.proxies[index]!.behave(fault ?? { kind: 'pass' });
      if (open !== undefined) this.proxies[index]!.loseConnections(open);
      if (behavior === undefined) continue;
      if (times === undefined) mock.behave(behavior);
      else {
        // A refused handshake sends Retry-After only if the permanent behavior has it.
        mock.behave({ retryAfter: behavior.retryAfter ?? null });
        mock.behaveOnce(behavior, times);
      }
    }
    this.#isInjecting = true;
  }

  /** Removes all faults and closes all connections. */
  async reset(): Promise<void> {
    this.#isInjecting = false;
    for (const [index, mock] of this.stack.mocks.entries()) {
      await mock.reset();
      this.#makeHealthy(index);
      this.proxies[index]!.cutAll();
    }
  }

  /** Closes all connections, so that the next request opens new ones. */
  async closeConnections(): Promise<void> {
    // A connection that is still being opened is dropped in the next round.
    for (let left = 10; this.proxies.some(({ clients }) => clients > 0); left -= 1) {
      for (const mock of this.stack.mocks) mock.dropConnections({ code: 'reset' });
      await Promise.all(
        this.proxies.map((proxy) =>
          proxy.waitForClients(0, 500).catch((error: unknown) => {
            if (left === 0) throw error;
          }),
        ),
      );
    }
    while (this.client.state.some(({ connections }) => connections > 0)) await new Promise(setImmediate);
  }

  /** Restarts the Parley server on the same database. */
  async restartServer(): Promise<void> {
    await this.stack.restart();
    this.#use.clear();
    this.#retries = 0;
    this.#observeAttempts();
  }

  async stop(): Promise<void> {
    await this.stack.stop();
    await Promise.all(this.proxies.map((proxy) => proxy.stop()));
  }

  get #firstRouteMocks(): readonly MockLlm[] {
    return this.alternative === 'second endpoint' ? this.stack.mocks : this.stack.mocks.slice(0, 1);
  }

  #makeHealthy(index: number): void {
    this.stack.mocks[index]!.behave({ ...DEFAULT_BEHAVIOR, reply: replies[index]! });
    void this.proxies[index]!.behave({ kind: 'pass' });
  }

  #observeAttempts(): void {
    this.client.observer.on('attempt', (attempt) => {
      this.#count(attempt);
      if (!this.#isInjecting || attempt.outcome !== 'failed' || this.#faultyEndpoint !== undefined) return;
      this.#faultyEndpoint = attempt.endpoint;
      for (const [index, { port }] of this.proxies.entries()) {
        if (attempt.endpoint.includes(`:${port}/`)) continue;
        // It has received no request yet: resetting it only removes the fault.
        void this.stack.mocks[index]!.reset();
        this.#makeHealthy(index);
        this.proxies[index]!.loseConnections(undefined);
      }
    });
  }

  #count({ endpoint, outcome, number }: AttemptRecord): void {
    const { consecutiveFailures, attempts } = this.#use.get(endpoint) ?? {
      consecutiveFailures: 0,
      attempts: 0,
    };
    this.#use.set(endpoint, {
      consecutiveFailures: outcome === 'failed' ? consecutiveFailures + 1 : 0,
      attempts: attempts + 1,
    });
    if (number > 1) this.#retries += 1;
  }

  /** Restarts the server before an open breaker could prevent requests from meeting the next fault. */
  async #restartIfUsed(): Promise<void> {
    const isUsed = [...this.#use.values()].some(
      ({ consecutiveFailures, attempts }) =>
        consecutiveFailures >= maxUse.consecutiveFailures || attempts >= maxUse.attempts,
    );
    if (isUsed || this.hasBadAddress || this.#retries >= maxUse.retries) await this.restartServer();
  }
}

function addresses(alternative: Alternative, first: string, second: string): Partial<Configuration['llm']> {
  if (alternative === 'none') return { urls: [first] };
  if (alternative === 'second endpoint') return { urls: [first, second] };
  return { urls: [first], fallbackUrls: [second] };
}
