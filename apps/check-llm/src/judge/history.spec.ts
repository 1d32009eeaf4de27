import { type MemoryFacts } from '../probe/facts.js';
import { expectations } from '../testing/scripted-facts.js';
import { judgeHistory } from './history.js';

const facts = (canRecall: boolean): MemoryFacts => ({
  isKnown: false,
  isKnownElsewhere: false,
  differsWhenUsed: false,
  canRecall,
});

describe('judgeHistory', () => {
  it.each([
    ['a follow-up that is answered', true, true, 'works'],
    ['a follow-up that is not, although other questions are', false, true, 'differs'],
    ['an echo or a stub', false, false, 'note'],
  ] as const)('judges %s', (_, canRecall, isObedient, verdict) => {
    expect(judgeHistory(facts(canRecall), isObedient, expectations()).verdict).toBe(verdict);
  });

  it('advises by protocol, and needs facts', () => {
    expect(judgeHistory(facts(false), true, expectations()).advice).toContain('session_context');
    expect(judgeHistory(facts(false), true, expectations({ protocol: 'mine' })).advice).toContain(
      '{{history}}',
    );
    expect(judgeHistory(undefined, true, expectations()).verdict).toBe('note');
  });
});
