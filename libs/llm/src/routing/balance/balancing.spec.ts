import { FakeClock } from '../../testing/fake-clock.js';
import { LeastLoadedBalancer, type BalancedEndpoint } from './least-loaded-balancer.js';
import { LatencyEstimate } from './latency-estimate.js';
import { PeakEwma } from './peak-ewma.js';
import { TrafficClock } from './traffic-clock.js';

const quickMs = 50;
const slowMs = 10 * quickMs;
const requests = 2_000;

/** An endpoint for the balancer that answers each request after `takesMs`. */
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
    this.#traffic.advance(this.#clock.now());
    this.streamed.started(pending, this.#clock.now());
    this.#clock.timer(takesMs, () => {
      this.inFlight -= 1;
      this.streamed.answered(pending, takesMs);
      answered(takesMs);
    });
  }
}

/** Simulates callers on a fake clock. Each sends its next request a random pause after its last answer. */
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

  /** Sends `count` more requests. */
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

/** Real: latency estimates and the balancer. Fake: time and endpoints. */
describe.each([1, 2, 3])('the least-loaded balancer with simulated endpoints (seed %i)', (seed) => {
  it.each<[string, callers: number, pauseMs: number]>([
    ['one caller without pauses', 1, 0],
    ['12 callers without pauses', 12, 0],
    ['100 callers with pauses of a second', 100, 1_000],
    ['12 callers with pauses of a minute', 12, 60_000],
    ['one caller with pauses of five seconds', 1, 5_000],
    ['one caller with pauses of ten minutes', 1, 600_000],
  ])('keeps the p99 latency low if one of three endpoints is ten times slower: %s', (_, callers, pauseMs) => {
    const load = new Load(callers, pauseMs, seeded(seed));
    const slow = load.add(slowMs);
    const quick = [load.add(quickMs), load.add(quickMs)];
    load.run(requests);
    // A third of the callers that start together may get it; later it receives about one in a hundred requests.
    expect(slow.starts).toBeLessThanOrEqual(callers / 3 + 1 + requests / 100);
    expect(percentile99(load.tookMs)).toBeLessThanOrEqual(1.5 * quickMs);
    for (const { starts } of quick) expect(starts / requests).toBeGreaterThan(0.4);
  });

  it('stops sending requests to an endpoint that becomes silent', () => {
    const load = new Load(12, 0, seeded(seed));
    const [silent] = [load.add(quickMs), load.add(quickMs), load.add(quickMs)];
    load.run(requests);
    silent.takesMs = 60_000;
    const before = silent.starts;
    load.run(requests);
    // Its share of the concurrent requests, and about two more.
    expect(silent.starts - before).toBeLessThanOrEqual(6);
  });

  it('sends a slow endpoint its share again once it is fast', () => {
    const load = new Load(12, 0, seeded(seed));
    const [recovered] = [load.add(slowMs), load.add(quickMs), load.add(quickMs)];
    load.run(requests);
    recovered.takesMs = quickMs;
    load.run(4 * requests);
    const before = recovered.starts;
    load.run(requests);
    expect((recovered.starts - before) / requests).toBeGreaterThan(0.25);
  });

  it('sends a new endpoint one request, and no other before it has answered', () => {
    const load = new Load(12, 0, seeded(seed));
    load.add(quickMs);
    load.add(quickMs);
    load.run(requests);
    const added = load.add(60_000);
    load.run(requests / 2);
    expect(added.starts).toBe(1);
  });
});
