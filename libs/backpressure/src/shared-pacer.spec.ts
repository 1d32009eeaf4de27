import { SharedPacer } from './shared-pacer.js';

describe('SharedPacer', () => {
  it('limits all writers together to one slice per turn of the event loop, round robin', async () => {
    let now = 0;
    let turn = 0;
    const nextTurns: (() => void)[] = [];
    const pacer = new SharedPacer(
      () => now,
      (callback) => nextTurns.push(callback),
    );
    const slices: string[] = [];
    const write = async (name: string): Promise<void> => {
      for (let step = 0; step < 4; step += 1) {
        await pacer.step();
        now += 3;
        slices.push(`${turn}${name}`);
      }
    };
    const all = Promise.all(['a', 'b', 'c'].map(write));
    for (let quiet = 0; quiet < 3; turn += 1) {
      for (let microtask = 0; microtask < 20; microtask += 1) await Promise.resolve();
      quiet = nextTurns.length === 0 ? quiet + 1 : 0;
      nextTurns.shift()?.();
    }
    await all;
    // Writers that start in an unused slice take one step each.
    const { 0: first = [], ...later } = Object.groupBy(slices, (slice) => slice.slice(0, -1));
    expect(first.length).toBeLessThanOrEqual(4);
    expect(Math.max(...Object.values(later).map((written) => written!.length))).toBeLessThanOrEqual(2);
    // No writer falls a whole round behind.
    const orderOf = (name: string): number[] =>
      slices.flatMap((slice, at) => (slice.endsWith(name) ? [at] : []));
    expect(Math.max(...['a', 'b', 'c'].map((name) => orderOf(name)[1]!))).toBeLessThan(7);
  });

  it('lets a writer continue at once within the slice', () => {
    const pacer = new SharedPacer(() => 0);
    expect(pacer.step()).toBeUndefined();
  });

  it('starts a new slice after a pause', async () => {
    let now = 0;
    const pacer = new SharedPacer(() => now);
    now = 100;
    await pacer.step();
    expect(pacer.step()).toBeUndefined();
  });
});
