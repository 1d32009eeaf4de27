import { Random } from '../random.js';
import { faultKinds, type Fault } from './fault.js';
import { planFaults } from './plan.js';

const options = { faults: 500, intervalMs: 1_000, longestFreezeMs: 20_000, replicas: 3, mocks: 2 };
const plan = (seed: number, changes = {}): Fault[] =>
  planFaults(new Random(seed), { ...options, ...changes });

describe('planFaults', () => {
  it('makes the same plan for the same seed and another plan for another seed', () => {
    expect(plan(1)).toEqual(plan(1));
    expect(plan(1)).not.toEqual(plan(2));
  });

  it('plans the given number of faults, in order, within their time', () => {
    const faults = plan(3);
    expect(faults).toHaveLength(500);
    const times = faults.map(({ atMs }) => atMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.at(-1)).toBeLessThan(500_000);
  });

  it('plans every kind of fault, also in a short run', () => {
    for (let seed = 0; seed < 20; seed += 1) {
      const kinds = new Set(plan(seed, { faults: 50, longestFreezeMs: 5_000 }).map(({ kind }) => kind));
      expect([...kinds].sort()).toEqual([...faultKinds].sort());
    }
  });

  it('leaves one replica working at any time, and gives no replica two faults at once', () => {
    for (let seed = 0; seed < 20; seed += 1) {
      const faults = plan(seed).filter(({ kind }) => kind.startsWith('replica'));
      for (const fault of faults) {
        const at = faults.filter(
          (other) => other.atMs <= fault.atMs && other.atMs + other.forMs >= fault.atMs,
        );
        expect(at.length).toBeLessThanOrEqual(2);
        expect(new Set(at.map(({ target }) => target)).size).toBe(at.length);
      }
    }
  });

  it('freezes some replicas for longer than a lease, and none for longer than allowed', () => {
    const freezes = plan(4).filter(({ kind }) => kind === 'replica_freeze');
    expect(Math.max(...freezes.map(({ forMs }) => forMs))).toBeGreaterThan(15_000);
    expect(Math.max(...freezes.map(({ forMs }) => forMs))).toBeLessThanOrEqual(20_000);
    const short = plan(4, { longestFreezeMs: 5_000 });
    expect(
      Math.max(...short.filter(({ kind }) => kind === 'replica_freeze').map(({ forMs }) => forMs)),
    ).toBeLessThanOrEqual(5_000);
  });
});
