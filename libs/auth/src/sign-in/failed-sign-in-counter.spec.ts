import { type FailedSignIns } from '../auth-observer.js';
import { FailedSignInCounter } from './failed-sign-in-counter.js';

const key = 'an-unknown-key-0123456';

function counter(bounds = { failedSignIns: 3, trackedAddresses: 10 }) {
  const reports: FailedSignIns[] = [];
  return { reports, failures: new FailedSignInCounter(bounds, (failed) => reports.push(failed)) };
}

describe('FailedSignInCounter', () => {
  it('returns the rest of the minute for an address with too many failures', () => {
    const { failures } = counter();
    expect([0, 1_000, 2_000, 3_000, 59_999].map((now) => failures.record('a', key, now))).toEqual([
      0, 0, 0, 57_000, 1,
    ]);
    expect(failures.record('b', key, 59_999)).toBe(0);
    expect(failures.record('a', key, 60_000)).toBe(0);
  });

  it('reports the first failure of a minute at once, and the count of the minute at its end', () => {
    const { failures, reports } = counter();
    for (let now = 0; now < 500; now += 1) failures.record('a', key, now);
    failures.record('b', key, 500);
    failures.closeMinutes(59_999);
    expect(reports.map(({ address, count }) => [address, count])).toEqual([
      ['a', 1],
      ['b', 1],
    ]);
    failures.closeMinutes(60_000);
    failures.closeMinutes(Number.POSITIVE_INFINITY);
    expect(reports.slice(2).map(({ address, count }) => [address, count])).toEqual([['a', 500]]);
    expect(JSON.stringify(reports)).not.toContain(key);
  });

  it('bounds the counted addresses, and reports a dropped one', () => {
    const { failures, reports } = counter({ failedSignIns: 1, trackedAddresses: 2 });
    failures.record('a', key, 0);
    failures.record('a', key, 1);
    failures.record('b', key, 2);
    failures.record('c', key, 3);
    expect(reports.at(-2)).toMatchObject({ address: 'a', count: 2 });
    // Address a was dropped, so its count starts at 0; c is still counted.
    expect(failures.record('c', key, 4)).toBeGreaterThan(0);
    expect(failures.record('a', key, 4)).toBe(0);
  });
});
