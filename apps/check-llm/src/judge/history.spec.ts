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
    ['a follow-up that is answered', true, 'right', 'works'],
    ['a follow-up that is not, although other questions are', false, 'right', 'differs'],
    ['an echo', false, 'echo', 'note'],
    ['a stub', false, 'stub', 'note'],
  ] as const)('judges %s', (_, canRecall, content, verdict) => {
    expect(judgeHistory(facts(canRecall), content, expectations()).verdict).toBe(verdict);
  });

  it('advises by protocol, and needs facts', () => {
    expect(judgeHistory(facts(false), 'right', expectations()).advice).toContain('session_context');
    expect(judgeHistory(facts(false), 'right', expectations({ protocol: 'mine' })).advice).toContain(
      '{{history}}',
    );
    expect(judgeHistory(undefined, 'right', expectations()).verdict).toBe('note');
  });
});
