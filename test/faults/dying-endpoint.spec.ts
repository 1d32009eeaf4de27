import { setTimeout as sleep } from 'node:timers/promises';
import { measure, type Measurement } from './measurements.js';
import { drive, Fleet, percentile, type Sample } from './load.js';

const backoffMs = 100;
const callers = 6;
const breaker = { failures: 5, openMs: 1_000, maxOpenMs: 1_000 };
/** The maximum number of delayed callers, including those whose answer was in progress: they wait for the timeout. */
const maxDelayed = 5;

/** How an endpoint fails, and how it recovers. */
const failureModes = [
  {
    name: 'is down',
    fail: (fleet: Fleet) => fleet.mocks[0]!.goDown(),
    recover: (fleet: Fleet) => fleet.mocks[0]!.comeUp(),
  },
  {
    name: 'answers with errors',
    fail: async (fleet: Fleet) => fleet.mocks[0]!.behave({ errorCode: 'internal_error' }),
    recover: async (fleet: Fleet) => fleet.mocks[0]!.behave({ errorCode: null }),
  },
  {
    name: 'is silent',
    fail: async (fleet: Fleet) => fleet.mocks[0]!.behave({ silence: true }),
    recover: async (fleet: Fleet) => fleet.mocks[0]!.behave({ silence: false }),
  },
];

type FailureMode = (typeof failureModes)[number];

/** Lets an endpoint fail and recover under load, and waits until it is used again. */
async function run({ name, fail, recover }: FailureMode): Promise<readonly Measurement[]> {
  const fleet = await Fleet.start(
    3,
    { serviceTimeMs: 10, reply: 'Hello.' },
    { retry: { baseMs: backoffMs }, breaker, timeouts: { firstTokenMs: 400 } },
  );
  try {
    const failing = fleet.mocks[0]!;
    let isOver = false;
    await drive(fleet.client, { callers, shouldContinue: (sent) => sent < 200 });
    const load = drive(fleet.client, { callers, shouldContinue: () => !isOver });
    await sleep(100);
    await fail(fleet);
    const failedAt = performance.now();
    await sleep(1_000);
    const before = failing.requestsReceived;
    await recover(fleet);
    const asked = (more: number): Promise<void> =>
      failing.waitFor(({ requestsReceived }) => requestsReceived >= more, 15_000);
    await failing.waitFor(
      ({ requests }) => requests.slice(before).some(({ outcome }) => outcome === 'finished'),
      15_000,
    );
    const probedAt = performance.now();
    await asked(failing.requestsReceived + callers);
    const usedAfterMs = performance.now() - probedAt;
    const downSeconds = (probedAt - failedAt) / 1_000;
    isOver = true;
    const samples = await load;

    expect(samples.filter(({ errorCode }) => errorCode !== undefined)).toEqual([]);
    const failedAttempts = samples.reduce((sum, { failures }) => sum + failures, 0);
    // Those that opened the breaker, those in flight at that time, and one probe for each open time.
    const probes = downSeconds / (breaker.openMs / 2_000);
    expect(failedAttempts).toBeLessThanOrEqual(breaker.failures + callers - 1 + probes);
    const { ms, late } = delayed(samples);
    return [
      {
        name: `one of three ${name}: of ${samples.length} requests, those slower than ${ms.toFixed(0)} + ${backoffMs} ms`,
        value: late,
        max: maxDelayed,
      },
      {
        name: `one of three ${name}: ms from its first successful answer until it is used again`,
        value: Math.round(usedAfterMs),
        max: 1_000,
      },
    ];
  } finally {
    await fleet.stop();
  }
}

/**
 * Counts the requests that were slowed down by the failure.
 * @returns ms: the p99 of requests without a failed attempt; late: the others that took longer than that plus the backoff
 */
function delayed(samples: readonly Sample[]): { ms: number; late: number } {
  const unaffected = samples.filter(({ failures }) => failures === 0);
  const ms = percentile(
    unaffected.map((sample) => sample.ms),
    0.99,
  );
  const late = samples.filter((sample) => sample.failures > 0 && sample.ms > ms + backoffMs);
  return { ms, late: late.length };
}

describe('one of three endpoints fails under load', () => {
  it.each(failureModes)(
    'it $name: all requests are answered, few attempts fail, and it is used again after its recovery',
    async (failureMode) => {
      await measure(() => run(failureMode));
    },
    120_000,
  );
});
