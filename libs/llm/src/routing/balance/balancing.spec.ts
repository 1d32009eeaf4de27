import { FakeClock } from '../../testing/fake-clock.js';
import { LeastLoadedBalancer, type BalancedEndpoint } from './least-loaded-balancer.js';
import { LatencyEstimate } from './latency-estimate.js';
import { PeakEwma } from './peak-ewma.js';
import { TrafficClock } from './traffic-clock.js';

const quickMs = 50;
const slowMs = 10 * quickMs;
const requests = 2_000;

/** An endpoint as far as balancing sees it, which takes as long as it is told. */
class FakeEndpoint implements BalancedEndpoint {
  readonly weight = 1;
  readonly streamed: LatencyEstimate;
  readonly plain: LatencyEstimate;
  inFlight = 0;
  starts = 0;

  readonly #clock: FakeClock;
  readonly #traffic: TrafficClock;

  constructor(
    public takesMs: number,
    clock: FakeClock,
    traffic: TrafficClock,
  ) {
    this.#clock = clock;
    this.#traffic = traffic;
    const never = new PeakEwma(1);
    this.streamed = new LatencyEstimate(never, () => clock.now(), traffic);
    this.plain = new LatencyEstimate(never, () => clock.now(), traffic);
  }

  ask(answered: (afterMs: number) => void): void {
    const pending = {};
    const { takesMs } = this;
    this.starts += 1;
    this.inFlight += 1;
    this.#traffic.requestCame(this.#clock.now());
    this.streamed.started(pending, this.#clock.now());
    this.#clock.timer(takesMs, () => {
      this.inFlight -= 1;
      this.streamed.answered(pending, takesMs);
      answered(takesMs);
    });
  }
}

/** Callers, each of whom sends its next request a while after it was answered; on a clock that takes no time. */
class Load {
  readonly #clock = new FakeClock();
  readonly #traffic = new TrafficClock(0);
  readonly #balancer: LeastLoadedBalancer<FakeEndpoint>;
  readonly endpoints: FakeEndpoint[] = [];
  readonly tookMs: number[] = [];
  #left = 0;
  readonly #callers: number;
  readonly #pauseMs: number;
  readonly #random: () => number;

  constructor(callers: number, pauseMs: number, random: () => number) {
    this.#callers = callers;
    this.#pauseMs = pauseMs;
    this.#random = random;
    this.#balancer = new LeastLoadedBalancer(random);
  }

  add(takesMs: number): FakeEndpoint {
    const endpoint = new FakeEndpoint(takesMs, this.#clock, this.#traffic);
    this.endpoints.push(endpoint);
    return endpoint;
  }

  /** So many requests more. */
  run(count: number): void {
    this.#left = count;
    for (let caller = 0; caller < this.#callers; caller += 1) {
      this.#clock.timer(this.#pauseMs * this.#random(), this.#next);
    }
    while (this.#clock.pending > 0) this.#clock.advance(1_000);
  }

  readonly #next = (): void => {
    if (this.#left === 0) return;
    this.#left -= 1;
    this.#balancer.pick(this.endpoints, 'streamed').ask((afterMs) => {
      this.tookMs.push(afterMs);
      this.#clock.timer(this.#pauseMs * 2 * this.#random(), this.#next);
    });
  };
}

function seeded(seed: number): () => number {
  let state = seed * 7_919;
  return () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
}

const percentile99 = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(0.99 * values.length)]!;

/** Real: what is known of endpoints, and the choice. Mocked: time, and who answers when. */
describe.each([1, 2, 3])('three endpoints, one of them ten times slower (seed %i)', (seed) => {
  it.each<[string, callers: number, pauseMs: number]>([
    ['one caller without a pause', 1, 0],
    ['a dozen without a pause', 12, 0],
    ['a hundred, each once in a second', 100, 1_000],
    ['a dozen, each now and then', 12, 60_000],
    ['one, who thinks between two questions', 1, 5_000],
    ['one, who comes back after a while', 1, 600_000],
  ])('hardly cost anybody anything: %s', (_, callers, pauseMs) => {
    const load = new Load(callers, pauseMs, seeded(seed));
    const slow = load.add(slowMs);
    const quick = [load.add(quickMs), load.add(quickMs)];
    load.run(requests);
    // Each of the callers who begin together may meet it once; later it is asked about once in a hundred times.
    expect(slow.starts).toBeLessThanOrEqual(callers / 3 + 1 + requests / 100);
    expect(percentile99(load.tookMs)).toBeLessThanOrEqual(1.5 * quickMs);
    for (const { starts } of quick) expect(starts / requests).toBeGreaterThan(0.4);
  });

  it('is found out when it falls silent, by those who are waiting for it', () => {
    const load = new Load(12, 0, seeded(seed));
    const [falling] = [load.add(quickMs), load.add(quickMs), load.add(quickMs)];
    load.run(requests);
    falling.takesMs = 60_000;
    const before = falling.starts;
    load.run(requests);
    // Its share of those who were waiting at one time, and hardly anybody after them.
    expect(falling.starts - before).toBeLessThanOrEqual(6);
  });

  it('is asked its share again once it is as quick as the others', () => {
    const load = new Load(12, 0, seeded(seed));
    const [recovering] = [load.add(slowMs), load.add(quickMs), load.add(quickMs)];
    load.run(requests);
    recovering.takesMs = quickMs;
    load.run(4 * requests);
    const before = recovering.starts;
    load.run(requests);
    expect((recovering.starts - before) / requests).toBeGreaterThan(0.25);
  });

  it('gets one request, and no more before it has answered, when it is new', () => {
    const load = new Load(12, 0, seeded(seed));
    load.add(quickMs);
    load.add(quickMs);
    load.run(requests);
    const added = load.add(60_000);
    load.run(requests / 2);
    expect(added.starts).toBe(1);
  });
});
