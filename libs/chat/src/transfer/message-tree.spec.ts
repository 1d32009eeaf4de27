import { type ExportedMessage } from './exported-conversation.js';
import { type TreePosition, MessageTree } from './message-tree.js';

const message = (id: string, parent_id: string | null): ExportedMessage => ({
  id,
  parent_id,
  role: 'user',
  content: id,
});

function positionsOf(messages: ExportedMessage[]): TreePosition[] {
  const tree = new MessageTree();
  return messages.map((one) => tree.add(one));
}

describe('MessageTree', () => {
  it('continues the branch of the previous message, and forks otherwise', () => {
    const positions = positionsOf([
      message('a', null),
      message('b', 'a'),
      message('c', 'b'),
      message('d', 'a'),
      message('e', 'D'),
      message('f', null),
    ]);
    expect(positions.map(({ seq, parent, branch, fork }) => [seq, parent, branch, fork])).toEqual([
      [1, undefined, 1, undefined],
      [2, 0, 1, undefined],
      [3, 1, 1, undefined],
      [4, 0, 4, { parentBranch: 1, seq: 1 }],
      [5, 3, 4, undefined],
      [6, undefined, 6, undefined],
    ]);
  });

  it.each([
    ['a parent that comes later', [message('a', 'b'), message('b', null)], 'messages.0.parent_id'],
    ['its own parent', [message('a', 'a')], 'messages.0.parent_id'],
    ['an id twice', [message('a', null), message('A', null)], 'messages.1.id'],
  ])('refuses %s', (_, messages, field) => {
    const problem: unknown = expect.objectContaining({ errors: [expect.objectContaining({ field })] });
    expect(() => positionsOf(messages)).toThrow(problem as Error);
  });
});
