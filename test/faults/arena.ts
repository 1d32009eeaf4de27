import { LlmClient, type AttemptRecord } from '#llm';
import { DEFAULT_BEHAVIOR, type MockLlm } from '#mock-llm';
import { type Configuration } from '../../apps/server/src/configuration/index.js';
import { Stack } from '../harness/stack.js';
import { ask } from './caller.js';
import { type Arms, type Others } from './fault.js';
import { FaultProxy } from './fault-proxy.js';
import { environmentOf, short, type Limits } from './limits.js';

/** Each mock answers in its own words, so that an answer put together from two of them shows. */
const replies = [
  'Alpha alone said all of this, and alpha said it well: alpha.',
  'Beta wrote this by itself, all of it, as beta does: beta!',
];

/** Attempts after which an endpoint's breaker or its route's retry budget could tell in a row of the matrix. */
const worn = { failuresInARow: 3, attempts: 14, retries: 6 };

interface Wear {
  inARow: number;
  attempts: number;
}

/**
 * A whole Parley with one or two LLM servers, each behind a proxy. A fault hits whichever endpoint of the first route is
 * asked first; from its first failed attempt on, the others are well.
 */
export class Arena {
  #wear = new Map<string, Wear>();
  #retries = 0;
  #isArmed = false;
  #victim: string | undefined;

  /** @param badAddress stands in for the endpoint that has the fault */
  static async start(
    others: Others,
    limits: Limits = short,
    badAddress?: (plainPort: number) => string,
    settings: Record<string, string> = {},
  ): Promise<Arena> {
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
        return { ...configuration, llm: { ...configuration.llm, ...addresses(others, faulty, second) } };
      },
    });
    const arena = new Arena(stack, proxies, others, limits, badAddress !== undefined);
    arena.#watch();
    await arena.heal();
    return arena;
  }

  private constructor(
    readonly stack: Stack,
    readonly proxies: readonly FaultProxy[],
    readonly others: Others,
    readonly limits: Limits,
    readonly hasBadAddress: boolean,
  ) {}

  get client(): LlmClient {
    return this.stack.get(LlmClient);
  }

  /** What each mock says when it is well. */
  get replies(): readonly string[] {
    return replies;
  }

  /** No connections, or (`isLater`) such as have carried an answer, to every endpoint that may be asked first. */
  async prepare(isLater = false): Promise<void> {
    if (isLater) await this.renew();
    else await this.#forgetWear();
    await this.closeConnections();
    await this.heal();
    // Of endpoints that nothing is known of each is asked in turn.
    if (isLater) for (let left = this.#firstMocks.length; left > 0; left -= 1) await ask(this.stack, 'plain');
  }

  /** Every endpoint that may be asked first gets the fault. */
  async arm({ mock: behavior, proxy: fault, open }: Arms, times: number | undefined): Promise<void> {
    this.#victim = undefined;
    for (const [index, mock] of this.#firstMocks.entries()) {
      await this.proxies[index]!.behave(fault ?? { kind: 'pass' });
      if (open !== undefined) this.proxies[index]!.loseOpen(open);
      if (behavior === undefined) continue;
      if (times === undefined) mock.behave(behavior);
      else {
        // A refused handshake says when to come again only if this holds for the handshake, too.
        mock.behave({ retryAfter: behavior.retryAfter ?? null });
        mock.behaveOnce(behavior, times);
      }
    }
    this.#isArmed = true;
  }

  /** Everybody is well again; what was stuck is cut. */
  async heal(): Promise<void> {
    this.#isArmed = false;
    for (const [index, mock] of this.stack.mocks.entries()) {
      await mock.reset();
      this.#calm(index);
      this.proxies[index]!.cutAll();
    }
  }

  /** The client forgets its connections, so that the next request makes new ones. */
  async closeConnections(): Promise<void> {
    // A connection that was on its way when the others were dropped is dropped the next time.
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

  /** Starts a new server on the same database. */
  async renew(): Promise<void> {
    await this.stack.restart();
    this.#wear.clear();
    this.#retries = 0;
    this.#watch();
  }

  async stop(): Promise<void> {
    await this.stack.stop();
    await Promise.all(this.proxies.map((proxy) => proxy.stop()));
  }

  get #firstMocks(): readonly MockLlm[] {
    return this.others === 'second endpoint' ? this.stack.mocks : this.stack.mocks.slice(0, 1);
  }

  #calm(index: number): void {
    this.stack.mocks[index]!.behave({ ...DEFAULT_BEHAVIOR, reply: replies[index]! });
    void this.proxies[index]!.behave({ kind: 'pass' });
  }

  #watch(): void {
    this.client.observer.on('attempt', (attempt) => {
      this.#count(attempt);
      if (!this.#isArmed || attempt.outcome !== 'failed' || this.#victim !== undefined) return;
      this.#victim = attempt.endpoint;
      for (const [index, { port }] of this.proxies.entries()) {
        if (attempt.endpoint.includes(`:${port}/`)) continue;
        // It has not been asked, so there is nothing to forget but what it was going to do.
        void this.stack.mocks[index]!.reset();
        this.#calm(index);
        this.proxies[index]!.loseOpen(undefined);
      }
    });
  }

  #count({ endpoint, outcome, number }: AttemptRecord): void {
    const { inARow, attempts } = this.#wear.get(endpoint) ?? { inARow: 0, attempts: 0 };
    this.#wear.set(endpoint, { inARow: outcome === 'failed' ? inARow + 1 : 0, attempts: attempts + 1 });
    if (number > 1) this.#retries += 1;
  }

  /** A breaker that opened in one row would keep the fault of the next one from being met. */
  async #forgetWear(): Promise<void> {
    const isWorn = [...this.#wear.values()].some(
      ({ inARow, attempts }) => inARow >= worn.failuresInARow || attempts >= worn.attempts,
    );
    if (isWorn || this.hasBadAddress || this.#retries >= worn.retries) await this.renew();
  }
}

function addresses(others: Others, first: string, second: string): Partial<Configuration['llm']> {
  if (others === 'nobody') return { urls: [first] };
  if (others === 'second endpoint') return { urls: [first, second] };
  return { urls: [first], fallbackUrls: [second] };
}
