import { FailureWindow } from './failure-window.js';

describe('FailureWindow', () => {
  it('counts the outcomes within the window, and drops older ones slice by slice', () => {
    const window = new FailureWindow(1_000);
    window.count(true, 0);
    window.count(false, 50);
    window.count(false, 500);
    expect(window.counts(500)).toEqual({ total: 3, failed: 2 });
    expect(window.counts(999)).toEqual({ total: 3, failed: 2 });
    expect(window.counts(1_000)).toEqual({ total: 1, failed: 1 });
    window.count(true, 1_450);
    expect(window.counts(1_450)).toEqual({ total: 2, failed: 1 });
    expect(window.counts(1_500)).toEqual({ total: 1, failed: 0 });
    expect(window.counts(99_000)).toEqual({ total: 0, failed: 0 });
  });

  it('can be cleared', () => {
    const window = new FailureWindow(1_000);
    window.count(false, 0);
    window.clear();
    expect(window.counts(0)).toEqual({ total: 0, failed: 0 });
  });
});
