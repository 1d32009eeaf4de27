import { LlmClient } from '../../routing/llm-client.js';
import { type RouteOptions } from '../../routing/llm-options.js';
import { credentials } from '../../testing/client-setup.js';
import { SimulatedClock } from '../../testing/simulated-clock.js';
import { StrayServer, type StrayServerOptions } from '../../testing/stray-server.js';
import { type ReuseSetting } from './endpoint-reuse.js';

/** The outcome of the requests to all simulated endpoints. */
interface Outcome {
  exchanges: number;
  /** Complete answers. */
  whole: number;
  /** Pieces with the text of another request. */
  foreignPieces: number;
  /** Answers with the text of another request. */
  foreignAnswers: number;
  strayFrames: number;
  foreignIdFrames: number;
  /** The number of endpoints in each reuse mode at the end. */
  modes: Record<string, number>;
}

/** A fast seeded generator of numbers in [0, 1) (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function randomBehavior(random: () => number): StrayServerOptions {
  const probability = () => (random() < 0.5 ? 0 : random() < 0.5 ? 0.02 : random() * 0.5);
  return {
    greets: probability(),
    repeats: probability(),
    fails: probability(),
    answersTwice: probability(),
    reorders: probability(),
    answersLate: probability(),
    breaks: random() < 0.2 ? 0.02 : 0,
    echoesIds: random() < 0.25,
    sendsForeignIds: probability(),
    delayMs: random() < 0.5 ? 1_000 : 300,
    answerDelayMs: random() < 0.5 ? 200 : 3_000,
  };
}

/** Sends concurrent requests of two owners to one endpoint; some of them share a conversation. */
async function askEndpoint(
  seed: number,
  count: number,
  reuse: ReuseSetting,
  outcome: Outcome,
  fixed: Partial<StrayServerOptions>,
): Promise<void> {
  const random = seeded(seed);
  const clock = new SimulatedClock();
  const server = new StrayServer({ ...randomBehavior(random), ...fixed }, clock, random);
  const route: RouteOptions = { name: 'r', endpoints: ['ws://server/'], model: 'm', credentials };
  const client = new LlmClient(
    {
      routes: [route],
      retry: { maxRetries: 1, baseMs: 1, maxMs: 20 },
      timeouts: { totalMs: 20_000, firstTokenMs: 1_000, idleMs: 1_000, queueMs: 20_000 },
      breaker: { failures: 1_000_000, minRequests: 1_000_000 },
      transport: { reuse, maxConnections: 1 + Math.floor(random() * 6) },
    },
    { clock, random, dial: server.dial },
  );
  // With long pauses connections rest long enough to be reused; with short ones, new connections replace them.
  const pauses = random() < 0.5 ? [0, 0, 1, 40, 300, 1_000] : [1_400, 1_500, 1_600, 2_500, 4_000];
  const callers = random() < 0.5 ? [1, 2] : [1, 2, 3, 4];
  let asked = 0;
  const askInTurn = async (caller: number): Promise<void> => {
    while (asked < count) {
      asked += 1;
      const name = `${caller}.${asked}`;
      const owner = caller % 2 === 0 ? 'ann' : 'bob';
      const isFollowUp = random() < 0.3;
      const own = new RegExp(isFollowUp ? `<${caller}\\.` : `<${caller}\\.${asked}>`);
      const request = {
        message: name,
        owner,
        stream: random() < 0.5,
        conversationId: isFollowUp ? `of ${caller}` : name,
      };
      outcome.exchanges += 1;
      let isForeign = false;
      const checkText = (text: string): void => {
        for (const [mark] of text.matchAll(/<[^>]*>/g)) {
          if (own.test(mark)) continue;
          outcome.foreignPieces += 1;
          isForeign = true;
        }
      };
      try {
        for await (const event of client.stream(request)) {
          if (event.type === 'delta') checkText(event.text);
          else if (event.type === 'end') {
            checkText(event.completion.text);
            outcome.whole += 1;
          }
        }
      } catch {
        // A failure is not another caller's answer.
      }
      if (isForeign) outcome.foreignAnswers += 1;
      const pauseMs = pauses[Math.floor(random() * pauses.length)]!;
      if (pauseMs > 0) await clock.sleep(pauseMs, new AbortController().signal);
    }
  };
  await clock.runUntil(Promise.all(callers.map(askInTurn)));
  const mode = client.state[0]!.reuse;
  outcome.modes[mode] = (outcome.modes[mode] ?? 0) + 1;
  outcome.strayFrames += server.strayFrames;
  outcome.foreignIdFrames += server.foreignIdFrames;
  client.close();
}

/** @param fixed the part of the servers' behavior that is not random */
async function askMany(
  endpoints: number,
  each: number,
  reuse: ReuseSetting,
  fixed: Partial<StrayServerOptions> = {},
): Promise<Outcome> {
  const outcome: Outcome = {
    exchanges: 0,
    whole: 0,
    foreignPieces: 0,
    foreignAnswers: 0,
    strayFrames: 0,
    foreignIdFrames: 0,
    modes: {},
  };
  const first = Number(process.env.REUSE_SEED ?? 1);
  for (let index = 0; index < endpoints; index += 1) {
    await askEndpoint(first + index, each, reuse, outcome, fixed);
  }
  return outcome;
}

/**
 * Simulated: sockets and time. Real: everything else of the client. REUSE_EXCHANGES sets the number of exchanges, REUSE_SEED the
 * seed of the first endpoint.
 */
describe('answers of servers that send unsolicited frames', () => {
  const exchanges = Number(process.env.REUSE_EXCHANGES ?? 100_000);
  const each = 40;

  it('reach no other caller', async () => {
    const outcome = await askMany(Math.ceil(exchanges / each), each, 'settled');
    process.stdout.write(`${JSON.stringify(outcome)}\n`);
    expect(outcome).toMatchObject({ foreignPieces: 0, foreignAnswers: 0 });
    expect(outcome.exchanges).toBeGreaterThanOrEqual(exchanges);
    expect(outcome.whole).toBeGreaterThan(exchanges / 2);
    expect(outcome.strayFrames).toBeGreaterThan(exchanges / 20);
    expect(outcome.foreignIdFrames).toBeGreaterThan(exchanges / 100);
    // Endpoints of every mode took part.
    expect(outcome.modes.settled).toBeGreaterThan(0);
    expect(outcome.modes.never).toBeGreaterThan(0);
    expect(outcome.modes.ids).toBeGreaterThan(0);
  }, 300_000);

  it('reach no other caller if the servers repeat ids and often send foreign ones', async () => {
    const fixed = { echoesIds: true, sendsForeignIds: 0.5 };
    const outcome = await askMany(Math.ceil(exchanges / each / 20), each, 'settled', fixed);
    process.stdout.write(`${JSON.stringify(outcome)}\n`);
    expect(outcome).toMatchObject({ foreignPieces: 0, foreignAnswers: 0 });
    expect(outcome.foreignIdFrames).toBeGreaterThan(outcome.exchanges / 4);
  }, 60_000);

  it('reach no other caller if each connection is used once', async () => {
    const outcome = await askMany(50, each, 'never');
    expect(outcome).toMatchObject({ foreignPieces: 0, foreignAnswers: 0 });
  }, 60_000);

  it('reach other callers if connections are always reused immediately', async () => {
    const outcome = await askMany(50, each, 'always');
    expect(outcome.foreignAnswers).toBeGreaterThan(10);
  }, 60_000);
});
