import { drive, Fleet, percentile, report, type Sample } from './load.js';

const serviceTimeMs = 50;
const requests = 600;
const callers = 12;

const p99 = (samples: readonly Sample[]): number =>
  percentile(
    samples.map(({ firstTokenMs }) => firstTokenMs!),
    0.99,
  );

describe('one of three endpoints ten times slower', () => {
  /** The load on three endpoints that nothing is known of yet, the first of which may be slow. */
  async function run(firstServiceTimeMs: number): Promise<{ samples: Sample[]; starts: number[] }> {
    const fleet = await Fleet.start(3, { serviceTimeMs, reply: 'Hello.' });
    try {
      fleet.mocks[0]!.behave({ serviceTimeMs: firstServiceTimeMs });
      const samples = await drive(fleet.client, { callers, goesOn: (sent) => sent < requests });
      expect(samples.filter(({ text }) => text !== 'Hello.')).toEqual([]);
      return { samples, starts: fleet.starts };
    } finally {
      await fleet.stop();
    }
  }

  it('is asked seldom, and hardly anybody waits longer', async () => {
    const before = await run(serviceTimeMs);
    const { samples, starts } = await run(10 * serviceTimeMs);
    const after = await run(serviceTimeMs);
    const healthyMs = Math.max(p99(before.samples), p99(after.samples));
    report(
      `one of three slow: starts ${starts.join(', ')}; p99 to first token ${p99(samples).toFixed(0)} ms, ` +
        `${healthyMs.toFixed(0)} ms when all are well (${(p99(samples) / healthyMs).toFixed(2)} times)`,
    );
    expect(Math.min(...before.starts) / requests).toBeGreaterThan(0.15);
    expect(p99(samples)).toBeLessThanOrEqual(1.5 * healthyMs);
    expect(starts[0]! / requests).toBeLessThanOrEqual(0.15);
  });
});

describe('one of three endpoints turns ten times slower', () => {
  it('is found out by those who have asked it already', async () => {
    const fleet = await Fleet.start(3, { serviceTimeMs, reply: 'Hello.' });
    try {
      await drive(fleet.client, { callers, goesOn: (sent) => sent < requests });
      const before = fleet.starts[0]!;
      fleet.mocks[0]!.behave({ serviceTimeMs: 10 * serviceTimeMs });
      await drive(fleet.client, { callers, goesOn: (sent) => sent < requests });
      const starts = fleet.starts[0]! - before;
      report(`one of three turns slow: it gets ${starts} of the next ${requests}`);
      expect(starts / requests).toBeLessThanOrEqual(0.15);
    } finally {
      await fleet.stop();
    }
  });
});
