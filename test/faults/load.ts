import { LlmClient, LlmError, systemClock, type ClientEnvironment, type LlmClientOptions } from '#llm';
import { MockLlm, type Behavior } from '#mock-llm';
import { setTimeout as sleep } from 'node:timers/promises';

/** One request of a load. Times are of `performance.now()`, in ms. */
export interface Sample {
  startedAt: number;
  /** Undefined when nothing came. */
  firstTokenMs: number | undefined;
  ms: number;
  text: string;
  /** Attempts that failed before the one that answered. */
  failures: number;
  /** Undefined for a whole answer. */
  errorCode: string | undefined;
}

export interface Load {
  /** Callers at the same time; each sends its next request when the last one is over. */
  callers: number;
  /** How long a caller waits in between, in ms. */
  pauseMs?: number;
  /** Asked before each request: is one more to be sent? */
  goesOn: (sent: number) => boolean;
}

/** Sends streamed requests until it is enough, or the client is closed, and waits for the last one. */
export async function drive(client: LlmClient, { callers, pauseMs = 0, goesOn }: Load): Promise<Sample[]> {
  const samples: Sample[] = [];
  let sent = 0;
  let isClosed = false;
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (goesOn(sent) && !isClosed) {
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

/** What a fleet's client is made with, beside its addresses. */
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

/** Mock LLMs, and a client with one route to all of them. */
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

  /** A new client with the same options, which reaches the mocks by other addresses. */
  restart(urls: readonly string[]): void {
    this.client.close();
    this.client = clientOf(urls, this.#options);
  }

  /** Requests that each mock has received. */
  get starts(): number[] {
    return this.mocks.map(({ requestsReceived }) => requestsReceived);
  }

  /** Waits until nothing is in flight and nobody waits. */
  async calm(): Promise<void> {
    while (this.client.state.some(({ inFlight, queued, connecting }) => inFlight + queued + connecting > 0)) {
      await sleep(5);
    }
  }

  async stop(): Promise<void> {
    this.client.close();
    await Promise.all(this.mocks.map((mock) => mock.stop()));
  }
}

/** The value that a part `fraction` of them does not exceed. */
export function percentile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(fraction * sorted.length))] ?? 0;
}
