import { guideProtocol, LlmClient, llmDefaults, type ReuseSetting, reuseSettings } from '#llm';
import { MockLlm } from '#mock-llm';
import { type Distribution, distribution } from '../report/distribution.js';

/** How many requests the measurement of connection reuse sends. */
export interface ReusePlan {
  /** Requests one after the other, and requests of 16 callers at once, for each setting. */
  alone: number;
  together: number;
}

/** The figures for one setting, or for a server that repeats request ids. */
export interface ReuseFigures {
  name: ReuseSetting | 'ids';
  /** The first request to an endpoint, in ms. */
  firstMs: number;
  /** Requests of new conversations, one after the other, in ms. */
  alone: Distribution;
  /** Requests of 16 callers at once, in answers per second. */
  perSecond: number;
  connections: number;
}

const callers = 16;
const answerMs = 20;

/** Measures each setting, one after the other, with a mock LLM that takes 20 ms per answer. */
export async function measureReuse(
  plan: ReusePlan,
  progress: (text: string) => void,
): Promise<ReuseFigures[]> {
  const figures = [];
  for (const name of ['ids', ...reuseSettings] as const) {
    progress(`connections: ${name}`);
    figures.push(await measure(name, plan));
  }
  return figures;
}

async function measure(name: ReuseFigures['name'], { alone, together }: ReusePlan): Promise<ReuseFigures> {
  const mock = await MockLlm.start({
    multiplex: name === 'ids',
    behavior: { reply: 'ok', firstTokenDelayMs: answerMs },
  });
  const { transport } = llmDefaults;
  const client = new LlmClient({
    routes: [
      {
        name: 'bench',
        endpoints: [mock.url],
        model: 'm',
        protocol: guideProtocol,
        credentials: { apiVersion: 'v1', clientId: 'bench' },
      },
    ],
    transport: { ...transport, reuse: name === 'ids' ? 'settled' : name },
  });
  let count = 0;
  const ask = async (): Promise<number> => {
    const before = performance.now();
    count += 1;
    await client.complete({ message: 'hi', conversationId: String(count), stream: false });
    return performance.now() - before;
  };
  try {
    const firstMs = await ask();
    const times = [];
    for (let index = 0; index < alone; index += 1) times.push(await ask());
    const caller = async (): Promise<void> => {
      for (let index = 0; index < together / callers; index += 1) await ask();
    };
    // The first run opens the connections, the second one is measured.
    await Promise.all(Array.from({ length: callers }, caller));
    const before = performance.now();
    await Promise.all(Array.from({ length: callers }, caller));
    const seconds = (performance.now() - before) / 1000;
    const { connectionsAccepted } = mock;
    return {
      name,
      firstMs,
      alone: distribution(times),
      perSecond: together / seconds,
      connections: connectionsAccepted,
    };
  } finally {
    client.close();
    await mock.stop();
  }
}
