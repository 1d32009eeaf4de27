import { imported } from '../../testing/imported.js';

describe('fromLibreChat', () => {
  it('reads LibreChat, as a list and as a tree of any depth', async () => {
    const message = (at: number, more = {}) => ({
      messageId: `m${at}`,
      parentMessageId: at === 0 ? '00000000-0000-0000-0000-000000000000' : `m${at - 1}`,
      isCreatedByUser: at % 2 === 0,
      text: `Text ${at}`,
      createdAt: new Date(1.7e12 + at * 1_000).toISOString(),
      ...more,
    });
    const rows = (count: number) =>
      Array.from({ length: count }, (_, at) => [
        at % 2 === 0 ? 'user' : 'assistant',
        `Text ${at}`,
        at === 0 ? undefined : at - 1,
      ]);
    const parts = [
      { type: 'think', think: 'hm' },
      { type: 'text', text: { value: 'Text 1' } },
      { type: 'tool_call' },
    ];
    const list = {
      conversationId: 'c',
      title: 'L',
      messages: [message(0), message(1, { text: '', content: parts })],
    };
    expect(await imported('librechat', list)).toMatchObject({
      conversations: [{ title: 'L', messages: rows(2) }],
      left: { reasoning: 1, tool_message: 1 },
    });
    let tree: object[] = [];
    for (let at = 2_999; at >= 0; at -= 1) tree = [message(at, { children: tree })];
    for (const member of ['messages', 'messagesTree']) {
      const nested = nestedJson({ conversationId: 'c', [member]: '@' }, tree);
      expect((await imported('librechat', nested, 8_192)).conversations[0]!.messages).toEqual(rows(3_000));
    }
  });
});

/** JSON of a head whose value `"@"` is replaced by a tree: `JSON.stringify` is recursive. */
function nestedJson(head: object, tree: object[]): string {
  let inner = '[]';
  const chain: object[] = [];
  for (let list = tree; list.length > 0; list = (list[0] as { children: object[] }).children)
    chain.push(list[0]!);
  for (const message of chain.reverse()) {
    inner = `[${JSON.stringify({ ...message, children: '@' }).replace('"@"', () => inner)}]`;
  }
  return JSON.stringify(head).replace('"@"', () => inner);
}
