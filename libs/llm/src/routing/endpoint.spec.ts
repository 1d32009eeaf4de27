import { SecretRedactor } from '../redaction/secret-redactor.js';
import { LlmCancelledError } from '../errors/answer-errors.js';
import { LlmQueueFullError, LlmTimeoutError } from '../errors/connection-errors.js';
import { LlmError, type RetryScope } from '../errors/llm-error.js';
import { guideProtocol } from '../protocols/guide.js';
import { FakeClock } from '../testing/fake-clock.js';
import { transportDefaults } from '../transport/transport-options.js';
import { breakerDefaults } from './breaker/breaker.js';
import { Endpoint } from './endpoint.js';
import { TrafficClock } from './balance/traffic-clock.js';

const failures = 2;
const openMs = 1_000;
const quickMs = 10;

const failed = (scope: RetryScope): LlmError => new LlmError('it failed', { code: 'x', scope });

/** What is known of an endpoint by how its attempts went. No socket is opened. */
describe('Endpoint', () => {
  let clock: FakeClock;
  let endpoint: Endpoint;

  beforeEach(() => {
    clock = new FakeClock();
    endpoint = new Endpoint(
      { url: 'ws://server/', name: 'ws://server/', redactor: new SecretRedactor({ secrets: [] }) },
      {
        index: 0,
        route: 'primary',
        weight: 1,
        model: 'm',
        protocol: guideProtocol,
        credentials: { apiVersion: 'v1', clientId: 'c' },
        emptyAnswer: 'retry',
        transport: transportDefaults,
        breaker: { ...breakerDefaults, failures, openMs, maxOpenMs: openMs },
        clock,
        traffic: new TrafficClock(clock.now()),
        random: () => 0.5,
        onReuse: () => undefined,
        onConnection: () => undefined,
      },
    );
  });

  /** A streamed attempt, not over yet. */
  function begin(): object {
    const attempt = {};
    endpoint.attemptStarted(attempt, 'streamed');
    return attempt;
  }

  function answer(attempt: object, afterMs = quickMs): void {
    clock.advance(afterMs);
    endpoint.firstTokenCame(attempt, 'streamed', afterMs);
    endpoint.attemptFinished(attempt, 'streamed', undefined);
  }

  const fail = (error: LlmError): void => endpoint.attemptFinished(begin(), 'streamed', error);

  /** Fails until its breaker is open, and waits until it may be probed. */
  function goAway(): void {
    for (let count = 0; count < failures; count += 1) fail(failed('anywhere'));
    expect(endpoint.state.breaker).toBe('open');
    clock.advance(openMs);
  }

  it.each([failed('anywhere'), failed('elsewhere'), new LlmTimeoutError('first_token', 1, 'x')])(
    'is out of service after so many failures: $code, $scope',
    (error) => {
      fail(error);
      expect([endpoint.isAllowed, endpoint.state.lastError]).toEqual([true, error.code]);
      fail(error);
      expect([endpoint.isAllowed, endpoint.state.breaker]).toEqual([false, 'open']);
    },
  );

  it.each([
    ['the request is at fault', failed('never')],
    ['its model cannot do it', failed('other_route')],
    ['it was cancelled', new LlmCancelledError('enough')],
    ['our queue is full', new LlmQueueFullError('x', 1)],
    ['it waited in our queue for too long', new LlmTimeoutError('queue', 1, 'x')],
  ])('is not blamed when %s', (_, error) => {
    for (let count = 0; count < 10 * failures; count += 1) fail(error);
    expect(endpoint.state).toMatchObject({
      breaker: 'closed',
      lastError: undefined,
      expectedMs: undefined,
    });
  });

  it('is expected to take long after a failure, until it has answered', () => {
    answer(begin());
    fail(failed('anywhere'));
    expect(endpoint.state.expectedMs).toBe(1_000);
    answer(begin());
    expect(endpoint.state.expectedMs).toBeCloseTo(quickMs);
  });

  it('gets one probe when it may be back, and one request more with each good answer', () => {
    goAway();
    expect([endpoint.needsProbe, endpoint.isAllowed]).toEqual([true, true]);
    const probe = begin();
    expect([endpoint.needsProbe, endpoint.isAllowed]).toEqual([false, false]);
    answer(probe);

    const waiting = [begin()];
    for (let width = 2; width < 16; width += 1) {
      while (endpoint.isAllowed) waiting.push(begin());
      expect(waiting).toHaveLength(width);
      answer(waiting.pop()!);
    }
    answer(waiting.pop()!);
    for (let count = 0; count < 100; count += 1) begin();
    expect(endpoint.isAllowed).toBe(true);
  });

  it('is not held against itself how slow it was before it went away', () => {
    answer(begin(), 5_000);
    goAway();
    answer(begin());
    expect(endpoint.state).toMatchObject({ breaker: 'closed', expectedMs: quickMs });
  });

  it('may be probed again when the probe told nothing', () => {
    goAway();
    endpoint.attemptFinished(begin(), 'streamed', new LlmCancelledError('enough'));
    expect(endpoint.needsProbe).toBe(true);
  });
});
