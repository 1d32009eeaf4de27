import { Pace } from './pace.js';
import { PeakEwma } from './peak-ewma.js';
import { TrafficTime } from './traffic-time.js';

describe('Pace', () => {
  let now: number;
  let failure: PeakEwma;
  let pace: Pace;
  const [one, another] = [{}, {}];

  beforeEach(() => {
    now = 0;
    failure = new PeakEwma(1_000);
    pace = new Pace(failure, () => now, new TrafficTime(now));
  });

  it('knows nothing before the first answer, and counts who waits for it', () => {
    pace.started(one, now);
    now = 500;
    expect(pace).toMatchObject({ expectedMs: undefined, unanswered: 1 });
    pace.answered(one, 500);
    expect(pace).toMatchObject({ expectedMs: 500, unanswered: 0 });
  });

  it('expects no less than somebody has been waiting already, until that one gives up', () => {
    pace.started(one, now);
    pace.answered(one, 10);
    pace.started(one, now);
    now = 50;
    pace.started(another, now);
    now = 300;
    expect(pace.expectedMs).toBe(300);
    pace.finished(one);
    expect(pace.expectedMs).toBe(250);
    pace.finished(another);
    expect(pace.expectedMs).toBeLessThanOrEqual(10);
  });

  it('counts a failure, also where nothing else is known', () => {
    failure.observe(1_000, now);
    expect(pace.expectedMs).toBe(1_000);
    failure.forget();
    expect(pace.expectedMs).toBeUndefined();
  });

  it('forgets what was of another time', () => {
    pace.started(one, now);
    pace.answered(one, 10);
    pace.forget();
    expect(pace.expectedMs).toBeUndefined();
  });
});
