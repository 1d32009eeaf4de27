import { answer, question } from '../testing/messages';
import { Branch } from './branch';

describe('Branch', () => {
  let branch: Branch;
  const ids = (): string[] => branch.messages().map(({ id }) => id);

  beforeEach(() => {
    branch = new Branch();
    branch.replace([question('q1'), answer('a1'), question('q2')]);
  });

  it('appends a new message and replaces a known one in its position', () => {
    branch.upsert(answer('a2'));
    branch.upsert(answer('a1', { content: 'Changed' }));
    expect(ids()).toEqual(['q1', 'a1', 'q2', 'a2']);
    expect(branch.messages()[1]!.content).toBe('Changed');
  });

  it('keeps siblings and feedback that an event does not have', () => {
    const listed = {
      sibling_ids: ['a0', 'a1'],
      has_more_siblings: true,
      feedback: { rating: 'up' as const },
    };
    branch.upsert(answer('a1', listed));
    branch.upsert(answer('a1', { content: 'Changed' }));
    expect(branch.messages()[1]).toEqual(answer('a1', { content: 'Changed', ...listed }));
  });

  it('replaces siblings and feedback that a message has', () => {
    branch.upsert(answer('a1', { sibling_ids: ['a0', 'a1'], feedback: { rating: 'up' } }));
    branch.upsert(answer('a1', { sibling_ids: ['a1', 'a2'], feedback: null }));
    expect(branch.messages()[1]).toMatchObject({ sibling_ids: ['a1', 'a2'], feedback: null });
  });

  it('gives the messages before another one', () => {
    expect(branch.messagesBefore('q2').map(({ id }) => id)).toEqual(['q1', 'a1']);
    expect(branch.messagesBefore('q1')).toEqual([]);
    expect(branch.messagesBefore('unknown')).toHaveLength(3);
  });

  it('removes a message', () => {
    branch.remove('a1');
    expect(ids()).toEqual(['q1', 'q2']);
  });
});
