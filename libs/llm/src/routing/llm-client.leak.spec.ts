import { MockLlm } from '#mock-llm';
import { systemClock, type Clock } from '../clock.js';
import { clientOptions, collectAnswer } from '../testing/client-setup.js';
import { streamed } from '../testing/transport-setup.js';
import { LlmClient } from './llm-client.js';

/** The system clock; counts its pending timers and sleeps. */
class CountingClock implements Clock {
  pending = 0;
  readonly now = () => systemClock.now();
  readonly date = () => systemClock.date();

  timer(ms: number, run: () => void) {
    let isPending = true;
    this.pending += 1;
    const settle = (by: 0 | 1): void => {
      this.pending += by - Number(isPending);
      isPending = by === 1;
    };
    const timer = systemClock.timer(ms, () => {
      settle(0);
      run();
    });
    return {
      refresh: () => {
        settle(1);
        timer.refresh();
      },
      cancel: () => {
        settle(0);
        timer.cancel();
      },
    };
  }

  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    this.pending += 1;
    await systemClock.sleep(ms, signal).finally(() => (this.pending -= 1));
  }
}

/** The servers' behavior, in turn; the last entry is a normal answer. */
const misbehaviours = [
  { errorCode: 'overloaded' },
  { cut: 'reset', afterTokens: 1 },
  { closeCode: 1011 },
  { garbage: 'not-json' },
  { silence: true },
  { stall: true, afterTokens: 2 },
  { errorCode: 'invalid_request' },
  { truncate: true },
  { duplicateEnd: true },
  { extraFrames: 2 },
  { tokensPerSecond: 1_000 },
  {},
] as const;

let mocks: MockLlm[];
let client: LlmClient;

beforeEach(async () => {
  mocks = await Promise.all([MockLlm.start(), MockLlm.start()]);
});
afterEach(async () => {
  client.close();
  await Promise.all(mocks.map((mock) => mock.stop()));
});

it.each([1, 4])(
  '200 mixed requests leave no timers and connections (%i requests per connection)',
  async (requestsPerConnection) => {
    const clock = new CountingClock();
    client = new LlmClient(
      clientOptions(
        mocks.map(({ url }) => [url]),
        {
          transport: { maxConnections: 8, requestsPerConnection },
          timeouts: { totalMs: 4_000, firstTokenMs: 200, idleMs: 200 },
        },
      ),
      { clock, random: Math.random },
    );
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, async (_, n) => {
        mocks[n % 2]!.behaveOnce({ reply: 'w1 w2 w3 w4', ...misbehaviours[n % misbehaviours.length] });
        const caller = new AbortController();
        let events = 0;
        return collectAnswer(client, { ...streamed, stream: n % 5 !== 0 }, { signal: caller.signal }, () => {
          events += 1;
          if (n % 7 === 0 && events === n % 4) caller.abort();
        });
      }),
    );

    const answered = outcomes.filter(({ completion }) => completion !== undefined);
    expect(answered.length).toBeGreaterThan(0);
    expect(outcomes.filter(({ error }) => error !== undefined).length).toBeGreaterThan(0);
    for (const { text, completion } of answered) expect(text).toBe(completion!.text);
    for (const state of client.state) expect(state).toMatchObject({ inFlight: 0, queued: 0 });

    client.close();
    await Promise.all(mocks.map((mock) => mock.waitFor(({ connections }) => connections === 0)));
    expect(client.state.map(({ connections, connecting }) => connections + connecting)).toEqual([0, 0]);
    expect(clock.pending).toBe(0);
  },
);
