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

/** Real: breaker, slow start and latency estimates. Fake: time. No socket is opened. */
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
        onUnknownFrame: () => undefined,
      },
    );
  });

  /** Starts a streamed attempt. */
  function begin(): object {
    const attempt = {};
    endpoint.attemptStarted(attempt, 'streamed');
    return attempt;
  }

  function answer(attempt: object, afterMs = quickMs): void {
    clock.advance(afterMs);
    endpoint.firstTokenReceived(attempt, 'streamed', afterMs);
    endpoint.attemptFinished(attempt, 'streamed', undefined);
  }

  const fail = (error: LlmError): void => endpoint.attemptFinished(begin(), 'streamed', error);

  /** Fails until the breaker opens, then advances the clock until it is half open. */
  function openBreaker(): void {
    for (let count = 0; count < failures; count += 1) fail(failed('anywhere'));
    expect(endpoint.state.breaker).toBe('open');
    clock.advance(openMs);
  }

  it.each([failed('anywhere'), failed('elsewhere'), new LlmTimeoutError('first_token', 1, 'x')])(
    'is not allowed after consecutive failures: $code, $scope',
    (error) => {
      fail(error);
      expect([endpoint.isAllowed, endpoint.state.lastError]).toEqual([true, error.summary]);
      fail(error);
      expect([endpoint.isAllowed, endpoint.state.breaker]).toEqual([false, 'open']);
    },
  );

  it.each([
    ['the request is at fault', failed('never')],
    ['its model cannot serve the request', failed('other_route')],
    ['the request was cancelled', new LlmCancelledError('enough')],
    ['the queue of this process is full', new LlmQueueFullError('x', 1)],
    ['the request waited too long in the queue of this process', new LlmTimeoutError('queue', 1, 'x')],
  ])('does not count a failure when %s', (_, error) => {
    for (let count = 0; count < 10 * failures; count += 1) fail(error);
    expect(endpoint.state).toMatchObject({
      breaker: 'closed',
      lastError: undefined,
      expectedMs: undefined,
    });
  });

  it('has a high expected latency after a failure, until it answers', () => {
    answer(begin());
    fail(failed('anywhere'));
    expect(endpoint.state.expectedMs).toBe(1_000);
    answer(begin());
    expect(endpoint.state.expectedMs).toBeCloseTo(quickMs);
  });

  it('gets one probe when half open, and one more concurrent request with each answer', () => {
    openBreaker();
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

  it('discards the latency from before its breaker opened', () => {
    answer(begin(), 5_000);
    openBreaker();
    answer(begin());
    expect(endpoint.state).toMatchObject({ breaker: 'closed', expectedMs: quickMs });
  });

  it('may be probed again after an inconclusive probe', () => {
    openBreaker();
    endpoint.attemptFinished(begin(), 'streamed', new LlmCancelledError('enough'));
    expect(endpoint.needsProbe).toBe(true);
  });
});
