import { SharedPacer } from './shared-pacer.js';

describe('SharedPacer', () => {
  it('gives all writers together one slice of each turn of the event loop, one after the other', async () => {
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
    // Work that begins in an unused slice takes one step of it.
    const { 0: first = [], ...later } = Object.groupBy(slices, (slice) => slice.slice(0, -1));
    expect(first.length).toBeLessThanOrEqual(4);
    expect(Math.max(...Object.values(later).map((written) => written!.length))).toBeLessThanOrEqual(2);
    // None is overtaken by a whole round.
    const orderOf = (name: string): number[] =>
      slices.flatMap((slice, at) => (slice.endsWith(name) ? [at] : []));
    expect(Math.max(...['a', 'b', 'c'].map((name) => orderOf(name)[1]!))).toBeLessThan(7);
  });

  it('lets a writer go on at once while the slice lasts', () => {
    const pacer = new SharedPacer(() => 0);
    expect(pacer.step()).toBeUndefined();
  });

  it('begins a new slice after time in which nothing was written', async () => {
    let now = 0;
    const pacer = new SharedPacer(() => now);
    now = 100;
    await pacer.step();
    expect(pacer.step()).toBeUndefined();
  });
});
