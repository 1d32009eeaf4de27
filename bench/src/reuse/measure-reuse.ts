import { guideProtocol, LlmClient, llmDefaults, type ReuseSetting, reuseSettings } from '#llm';
import { MockLlm } from '#mock-llm';
import { type Distribution, distribution } from '../report/distribution.js';

/** How thoroughly the reuse of connections is measured. */
export interface ReusePlan {
  /** Questions one after the other, and questions of 16 callers at once, for each setting. */
  alone: number;
  together: number;
}

/** What one setting, or a server that repeats request ids, costs. */
export interface ReuseFigures {
  name: ReuseSetting | 'ids';
  /** The first question to an endpoint, in ms. */
  firstMs: number;
  /** Questions of new conversations, one after the other, in ms. */
  alone: Distribution;
  /** Questions of 16 callers at once, answers per second. */
  perSecond: number;
  connections: number;
}

const callers = 16;
const answerMs = 20;

/** Asks a mock LLM that needs 20 ms for an answer in each way of using connections, one way after the other. */
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
    behaviour: { reply: 'ok', firstTokenDelayMs: answerMs },
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
    // Once to open as many connections as are needed, then to be counted.
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
