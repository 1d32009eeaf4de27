import { LlmClient, LlmError, systemClock, type ClientEnvironment, type LlmClientOptions } from '#llm';
import { MockLlm, type Behavior } from '#mock-llm';
import { setTimeout as sleep } from 'node:timers/promises';

/** One request of a load. Times in ms. */
export interface Sample {
  /** By `performance.now()`. */
  startedAt: number;
  /** Undefined if no token arrived. */
  firstTokenMs: number | undefined;
  ms: number;
  text: string;
  /** The number of failed attempts. */
  failures: number;
  /** Undefined for a complete answer. */
  errorCode: string | undefined;
}

/** How requests are sent. */
export interface Load {
  /** The number of concurrent callers; each sends its next request after the last one has ended. */
  callers: number;
  /** The pause of a caller between two requests, in ms. */
  pauseMs?: number;
  /** Called before each request with the number of requests sent; false ends the load. */
  shouldContinue: (sent: number) => boolean;
}

/** Sends streamed requests until `shouldContinue` returns false or the client is closed, and waits for the last one. */
export async function drive(
  client: LlmClient,
  { callers, pauseMs = 0, shouldContinue }: Load,
): Promise<Sample[]> {
  const samples: Sample[] = [];
  let sent = 0;
  let isClosed = false;
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (shouldContinue(sent) && !isClosed) {
        sent += 1;
        const sample = await ask(client);
        samples.push(sample);
        isClosed ||= sample.errorCode === 'cancelled';
        if (pauseMs > 0) await sleep(pauseMs);
      }
    }),
  );
  return samples;
}

async function ask(client: LlmClient): Promise<Sample> {
  const startedAt = performance.now();
  const sample: Sample = {
    startedAt,
    firstTokenMs: undefined,
    ms: 0,
    text: '',
    failures: 0,
    errorCode: undefined,
  };
  try {
    for await (const event of client.stream({ message: 'hi', stream: true })) {
      if (event.type === 'delta') sample.firstTokenMs ??= performance.now() - startedAt;
      if (event.type === 'attempt' && event.attempt.outcome === 'failed') sample.failures += 1;
      if (event.type === 'end') sample.text = event.completion.text;
    }
  } catch (error) {
    if (!(error instanceof LlmError)) throw error;
    sample.errorCode = error.code;
  }
  sample.ms = performance.now() - startedAt;
  return sample;
}

/** The options of a fleet's client, without its addresses. */
export interface FleetOptions extends Partial<LlmClientOptions> {
  environment?: ClientEnvironment;
}

function clientOf(
  urls: readonly string[],
  { environment = { clock: systemClock, random: Math.random }, ...options }: FleetOptions,
): LlmClient {
  const credentials = { apiVersion: 'v1', clientId: 'faults' };
  return new LlmClient(
    { routes: [{ name: 'primary', endpoints: urls, model: 'm', credentials }], ...options },
    environment,
  );
}

/** Several mock LLM servers, and a client with one route to all of them. */
export class Fleet {
  static async start(size: number, behavior: Partial<Behavior>, options: FleetOptions = {}): Promise<Fleet> {
    const mocks = await Promise.all(
      Array.from({ length: size }, () => MockLlm.start({ behavior, keepRequests: 100_000 })),
    );
    return new Fleet(mocks, options);
  }

  client: LlmClient;

  readonly #options: FleetOptions;

  private constructor(
    readonly mocks: readonly MockLlm[],
    options: FleetOptions,
  ) {
    this.#options = options;
    this.client = clientOf(
      mocks.map(({ url }) => url),
      options,
    );
  }

  /** Replaces the client by one with the same options and other addresses. */
  restart(urls: readonly string[]): void {
    this.client.close();
    this.client = clientOf(urls, this.#options);
  }

  /** The number of requests that each mock has received. */
  get starts(): number[] {
    return this.mocks.map(({ requestsReceived }) => requestsReceived);
  }

  /** Waits until no request is in flight or queued and no connection is being opened. */
  async waitUntilIdle(): Promise<void> {
    while (this.client.state.some(({ inFlight, queued, connecting }) => inFlight + queued + connecting > 0)) {
      await sleep(5);
    }
  }

  async stop(): Promise<void> {
    this.client.close();
    await Promise.all(this.mocks.map((mock) => mock.stop()));
  }
}

/** The value that the part `fraction` (0 to 1) of the values does not exceed. */
export function percentile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(fraction * sorted.length))] ?? 0;
}
