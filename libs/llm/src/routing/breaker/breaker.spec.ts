import fc from 'fast-check';
import { FakeClock } from '../../testing/fake-clock.js';
import { breakerDefaults, OutlierBreaker, type BreakerOptions } from './breaker.js';

/**
 * Plays a sequence: `f`ailed, `s`ucceeded, `u`nknown, `!` started, a number: so many ms later. After every step the
 * state as one letter (Closed, Open, Half open), lower case where a request would be let through.
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
      else if (step === 'u') breaker.unknown();
      else if (step === '!') breaker.started(clock.now());
      else clock.advance(Number(step));
      const letter = breaker.state(clock.now())[0]!;
      return breaker.allows(clock.now()) ? letter : letter.toUpperCase();
    })
    .join(' ');
}

describe('OutlierBreaker', () => {
  it.each([
    ['opens after so many failures in a row', 'f f f', 'c c O'],
    ['starts counting anew after a success', 'f f s f f s', 'c c c c c c'],
    ['is not impressed by what says nothing', 'f u f u f', 'c c c c O'],
    ['is open for its time, then half open', 'f f f 99 1 500', 'c c O O h h'],
    ['lets a single probe through', 'f f f 100 ! ! s', 'c c O h H H c'],
    ['opens again after a failed probe, for twice the time', 'f f f 100 ! f 199 1', 'c c O h H O O h'],
    ['closes after a good probe, and counts anew', 'f f f 100 ! s f f f', 'c c O h H c c c O'],
    ['asks again when the probe told nothing', 'f f f 100 ! u ! s', 'c c O h H h H c'],
    ['closes when an older request succeeds after all', 'f f f s', 'c c O c'],
  ])('%s: %s', (_, sequence, states) => {
    expect(play(sequence)).toBe(states);
  });

  it.each([
    [
      'opens when too large a part failed, though never many in a row',
      'f s f s f s f s f',
      'c c c c c c c c O',
    ],
    ['does not count what is too long ago', 'f s f s f s 10000 f', 'c c c c c c c c'],
  ])('%s: %s', (_, sequence, states) => {
    expect(play(sequence, { failures: 99, minRequests: 9 })).toBe(states);
  });

  it('stays open twice as long each time, up to its bound, and forgets that after a quiet time', () => {
    const options = { failures: 1, openMs: 100, maxOpenMs: 300, forgetMs: 1_000 };
    expect(play('f 100 ! f 199 1 ! f 299 1 ! s', options)).toBe('O h H O O h H O O h H c');
    expect(play('f 100 ! s f 199 1 ! s 999 f 299 1', options)).toBe('O h H c O O h H c c O O h');
    expect(play('f 100 ! s 1000 f 99 1', options)).toBe('O h H c c O O h');
  });

  it('is open for a time that is half certain and half drawn', () => {
    expect(play('f 49 1', { failures: 1, openMs: 100 }, 0)).toBe('O O h');
    expect(play('f 74 1', { failures: 1, openMs: 100 }, 0.5)).toBe('O O h');
  });

  it('never lets a request through while it is open, nor two while it is half open, whatever happens', () => {
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
