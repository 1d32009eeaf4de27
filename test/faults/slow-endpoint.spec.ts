import { measure, report } from './figures.js';
import { drive, Fleet, percentile, type Sample } from './load.js';

const serviceTimeMs = 50;
const requests = 1_500;
const callers = 12;
/** Of all starts: what is promised of the slow one. */
const mostOfTheStarts = 0.15;

const p99 = (samples: readonly Sample[]): number =>
  percentile(
    samples.map(({ firstTokenMs }) => firstTokenMs!),
    0.99,
  );

const load = (fleet: Fleet): Promise<Sample[]> =>
  drive(fleet.client, { callers, goesOn: (sent) => sent < requests });

describe('one of three endpoints ten times slower', () => {
  it('is asked seldom, and hardly anybody waits longer', async () => {
    await measure(async () => {
      // Side by side, so that whatever else the machine does hits both. Nothing is known of any endpoint.
      const healthy = await Fleet.start(3, { serviceTimeMs, reply: 'Hello.' });
      const fleet = await Fleet.start(3, { serviceTimeMs, reply: 'Hello.' });
      fleet.mocks[0]!.behave({ serviceTimeMs: 10 * serviceTimeMs });
      const [expected, samples] = await Promise.all([load(healthy), load(fleet)]);
      const { starts } = fleet;
      const evenly = healthy.starts;
      await Promise.all([healthy.stop(), fleet.stop()]);

      report(`one of three slow: starts ${starts.join(', ')}; ${evenly.join(', ')} when all are well`);
      expect([...samples, ...expected].filter(({ text }) => text !== 'Hello.')).toEqual([]);
      expect(starts[0]! / requests).toBeLessThanOrEqual(mostOfTheStarts);
      expect(Math.min(...evenly) / requests).toBeGreaterThan(mostOfTheStarts);
      const times = `${p99(samples).toFixed(0)} ms to ${p99(expected).toFixed(0)} ms when all are well`;
      return [
        {
          name: `one of three slow: p99 time to first token, times healthy (${times})`,
          value: p99(samples) / p99(expected),
          most: 1.5,
        },
      ];
    });
  }, 60_000);
});

describe('one of three endpoints turns ten times slower', () => {
  it('is found out by those who have asked it already', async () => {
    const fleet = await Fleet.start(3, { serviceTimeMs, reply: 'Hello.' });
    try {
      await load(fleet);
      const before = fleet.starts[0]!;
      fleet.mocks[0]!.behave({ serviceTimeMs: 10 * serviceTimeMs });
      await load(fleet);
      const starts = fleet.starts[0]! - before;
      report(`one of three turns slow: it gets ${starts} of the next ${requests}`);
      expect(starts / requests).toBeLessThanOrEqual(mostOfTheStarts);
    } finally {
      await fleet.stop();
    }
  }, 60_000);
});
