import fc from 'fast-check';
import { FakeClock } from '../../testing/fake-clock.js';
import { breakerDefaults, OutlierBreaker, type BreakerOptions } from './breaker.js';

/**
 * Runs a sequence of steps: `f` failed, `s` succeeded, `u` inconclusive, `!` started, a number: advance the clock by these ms.
 * Returns the state after each step as a letter (closed, open, half open), in lower case if a request is allowed.
 */
function play(sequence: string, options: Partial<BreakerOptions> = {}, random = 0.999_999): string {
  const clock = new FakeClock();
  const breaker = new OutlierBreaker(
    { ...breakerDefaults, failures: 3, openMs: 100, ...options },
    () => random,
  );
  return sequence
    .split(' ')
    .map((step) => {
      if (step === 'f') breaker.failed(clock.now());
      else if (step === 's') breaker.succeeded(clock.now());
      else if (step === 'u') breaker.inconclusive();
      else if (step === '!') breaker.started(clock.now());
      else clock.advance(Number(step));
      const letter = breaker.state(clock.now())[0]!;
      return breaker.allows(clock.now()) ? letter : letter.toUpperCase();
    })
    .join(' ');
}

describe('OutlierBreaker', () => {
  it.each([
    ['opens after consecutive failures', 'f f f', 'c c O'],
    ['resets the count of failures after a success', 'f f s f f s', 'c c c c c c'],
    ['ignores inconclusive requests', 'f u f u f', 'c c c c O'],
    ['is open for its time, then half open', 'f f f 99 1 500', 'c c O O h h'],
    ['allows a single probe', 'f f f 100 ! ! s', 'c c O h H H c'],
    ['opens again after a failed probe, for twice the time', 'f f f 100 ! f 199 1', 'c c O h H O O h'],
    ['closes after a successful probe and resets the count', 'f f f 100 ! s f f f', 'c c O h H c c c O'],
    ['allows another probe after an inconclusive one', 'f f f 100 ! u ! s', 'c c O h H h H c'],
    ['closes when an older request succeeds', 'f f f s', 'c c O c'],
  ])('%s: %s', (_, sequence, states) => {
    expect(play(sequence)).toBe(states);
  });

  it.each([
    ['opens at the failure rate even without consecutive failures', 'f s f s f s f s f', 'c c c c c c c c O'],
    ['ignores requests outside the window', 'f s f s f s 10000 f', 'c c c c c c c c'],
  ])('%s: %s', (_, sequence, states) => {
    expect(play(sequence, { failures: 99, minRequests: 9 })).toBe(states);
  });

  it('doubles its open time up to the maximum, and starts over after the forget time', () => {
    const options = { failures: 1, openMs: 100, maxOpenMs: 300, forgetMs: 1_000 };
    expect(play('f 100 ! f 199 1 ! f 299 1 ! s', options)).toBe('O h H O O h H O O h H c');
    expect(play('f 100 ! s f 199 1 ! s 999 f 299 1', options)).toBe('O h H c O O h H c c O O h');
    expect(play('f 100 ! s 1000 f 99 1', options)).toBe('O h H c c O O h');
  });

  it('draws half of its open time at random', () => {
    expect(play('f 49 1', { failures: 1, openMs: 100 }, 0)).toBe('O O h');
    expect(play('f 74 1', { failures: 1, openMs: 100 }, 0.5)).toBe('O O h');
  });

  it('never allows a request while open, nor two while half open', () => {
    const steps = fc.array(fc.oneof(fc.constantFrom('f', 's', 'u', '!'), fc.nat(300).map(String)), {
      minLength: 1,
    });
    fc.assert(
      fc.property(steps, (sequence) => {
        const states = play(sequence.join(' '), { failures: 2 }).split(' ');
        expect(states).not.toContain('o');
        sequence.forEach((step, index) => {
          if (step === '!' && states[index - 1] === 'h') expect(states[index]).toBe('H');
        });
      }),
    );
  });
});
