import { type MemoryFacts } from '../probe/facts.js';
import { expectations } from '../testing/scripted-facts.js';
import { type Verdict } from './finding.js';
import { judgeMemory } from './memory.js';

const separate: MemoryFacts = {
  isKnown: false,
  isKnownElsewhere: false,
  canRecall: true,
  differsWhenUsed: false,
};

describe('judgeMemory', () => {
  it.each<[string, Partial<MemoryFacts>, Verdict, RegExp]>([
    ['nothing shared', {}, 'works', /share nothing/],
    ['a model that cannot recall', { canRecall: false }, 'note', /do not show/],
    ['a word known on the connection', { isKnown: true }, 'differs', /on the same connection/],
    [
      'a word known everywhere',
      { isKnown: true, isKnownElsewhere: true },
      'differs',
      /on another connection/,
    ],
    ['another answer', { differsWhenUsed: true }, 'differs', /another answer/],
  ])('judges %s', (_, changes, verdict, says) => {
    const finding = judgeMemory({ ...separate, ...changes }, expectations());
    expect(finding).toMatchObject({ verdict, says: expect.stringMatching(says) as string });
  });

  it('notes what was not tested', () => {
    expect(judgeMemory(undefined, expectations())).toMatchObject({ verdict: 'note' });
    const conversation = judgeMemory(undefined, expectations({ protocol: 'p' }, { reuse: 'conversation' }));
    expect(conversation.says).toBe('With p a connection belongs to one conversation.');
    expect(judgeMemory(undefined, expectations({}, { reuse: 'answer' })).says).toContain('one answer');
  });
});
