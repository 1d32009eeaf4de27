import { FakeClock } from '../testing/fake-clock.js';
import { ConsecutiveBreaker } from './breaker.js';

/**
 * Plays a sequence: `f`ailed, `s`ucceeded, `u`nknown, `!` started, a number: so many ms later. After every step the
 * state as one letter (Closed, Open, Half open), lower case where a request would be let through.
 */
function play(sequence: string): string {
  const clock = new FakeClock();
  const breaker = new ConsecutiveBreaker({ failures: 3, openMs: 100 });
  return sequence
    .split(' ')
    .map((step) => {
      if (step === 'f') breaker.failed(clock.now());
      else if (step === 's') breaker.succeeded();
      else if (step === 'u') breaker.unknown();
      else if (step === '!') breaker.started(clock.now());
      else clock.advance(Number(step));
      const letter = breaker.state(clock.now())[0]!;
      return breaker.allows(clock.now()) ? letter : letter.toUpperCase();
    })
    .join(' ');
}

describe('ConsecutiveBreaker', () => {
  it.each([
    ['opens after so many failures in a row', 'f f f', 'c c O'],
    ['starts counting anew after a success', 'f f s f f s', 'c c c c c c'],
    ['is not impressed by what says nothing', 'f u f u f', 'c c c c O'],
    ['is open for its time, then half open', 'f f f 99 1 500', 'c c O O h h'],
    ['lets a single probe through', 'f f f 100 ! ! s', 'c c O h H H c'],
    ['opens again after a failed probe, for its time', 'f f f 100 ! f 99 1', 'c c O h H O O h'],
    ['closes after a good probe, and counts anew', 'f f f 100 ! s f f f', 'c c O h H c c c O'],
    ['asks again when the probe told nothing', 'f f f 100 ! u ! s', 'c c O h H h H c'],
    ['closes when an older request succeeds after all', 'f f f s', 'c c O c'],
  ])('%s: %s', (_, sequence, states) => {
    expect(play(sequence)).toBe(states);
  });
});
