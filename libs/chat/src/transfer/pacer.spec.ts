import { Pacer } from './pacer.js';

describe('Pacer', () => {
  it('waits for one iteration of the event loop at the end of a slice, and begins a new slice', async () => {
    let now = 0;
    let turns = 0;
    const pacer = new Pacer(
      5,
      () => now,
      () => Promise.resolve((turns += 1)),
    );
    const seen: number[] = [];
    for (const at of [0, 4, 5, 9, 10, 30]) {
      now = at;
      await pacer.step();
      seen.push(turns);
    }
    expect(seen).toEqual([0, 0, 1, 1, 2, 3]);
  });
});
