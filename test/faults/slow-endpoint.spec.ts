import { measure, report } from './measurements.js';
import { drive, Fleet, percentile, type Sample } from './load.js';

const serviceTimeMs = 50;
const requests = 1_500;
const callers = 12;
/** The maximum part of the requests that the slow endpoint may receive. */
const maxSlowShare = 0.15;

const p99 = (samples: readonly Sample[]): number =>
  percentile(
    samples.map(({ firstTokenMs }) => firstTokenMs!),
    0.99,
  );

const load = (fleet: Fleet): Promise<Sample[]> =>
  drive(fleet.client, { callers, shouldContinue: (sent) => sent < requests });

describe('one of three endpoints is ten times slower', () => {
  it('gets few requests, and the p99 latency hardly rises', async () => {
    await measure(async () => {
      // Both fleets run concurrently, so that load of the machine affects both. No latency is known yet.
      const healthy = await Fleet.start(3, { serviceTimeMs, reply: 'Hello.' });
      const fleet = await Fleet.start(3, { serviceTimeMs, reply: 'Hello.' });
      fleet.mocks[0]!.behave({ serviceTimeMs: 10 * serviceTimeMs });
      const [expected, samples] = await Promise.all([load(healthy), load(fleet)]);
      const { starts } = fleet;
      const evenly = healthy.starts;
      await Promise.all([healthy.stop(), fleet.stop()]);

      report(`one of three slow: requests ${starts.join(', ')}; ${evenly.join(', ')} if all are healthy`);
      expect([...samples, ...expected].filter(({ text }) => text !== 'Hello.')).toEqual([]);
      expect(starts[0]! / requests).toBeLessThanOrEqual(maxSlowShare);
      expect(Math.min(...evenly) / requests).toBeGreaterThan(maxSlowShare);
      const times = `${p99(samples).toFixed(0)} ms to ${p99(expected).toFixed(0)} ms if all are healthy`;
      return [
        {
          name: `one of three slow: p99 time to first token, times healthy (${times})`,
          value: p99(samples) / p99(expected),
          max: 1.5,
        },
      ];
    });
  }, 60_000);
});

describe('one of three endpoints becomes ten times slower', () => {
  it('gets few requests after its first slow answers', async () => {
    const fleet = await Fleet.start(3, { serviceTimeMs, reply: 'Hello.' });
    try {
      await load(fleet);
      const before = fleet.starts[0]!;
      fleet.mocks[0]!.behave({ serviceTimeMs: 10 * serviceTimeMs });
      await load(fleet);
      const starts = fleet.starts[0]! - before;
      report(`one of three becomes slow: it gets ${starts} of the next ${requests} requests`);
      expect(starts / requests).toBeLessThanOrEqual(maxSlowShare);
    } finally {
      await fleet.stop();
    }
  }, 60_000);
});
