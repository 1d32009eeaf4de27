import fc from 'fast-check';
import { imported } from '../../testing/imported.js';

interface Extra {
  parts?: unknown[];
  content?: object;
  [member: string]: unknown;
}

const node = (id: string, parent: string | null, role: string, { parts, content, ...more }: Extra = {}) => ({
  id,
  parent,
  children: [],
  message: {
    id,
    author: { role },
    content: content ?? { content_type: 'text', parts: parts ?? [id] },
    ...more,
  },
});
const mapping = (nodes: { id: string }[]) => Object.fromEntries(nodes.map((one) => [one.id, one]));

describe('readForeign', () => {
  it('reads the tree of ChatGPT and leaves out what users did not see', async () => {
    const nodes = [
      { id: 'root', parent: null, message: null, children: ['system'] },
      node('system', 'root', 'system', { parts: [''] }),
      node('context', 'system', 'user', {
        content: { content_type: 'user_editable_context', user_profile: 'x' },
      }),
      node('q1', 'context', 'user', { create_time: 1_700_000_000.5 }),
      node('call', 'q1', 'assistant', {
        recipient: 'python',
        content: { content_type: 'code', text: '1+1' },
      }),
      node('result', 'call', 'tool', { content: { content_type: 'execution_output', text: '2' } }),
      node('thoughts', 'result', 'assistant', {
        content: { content_type: 'thoughts', thoughts: [{ summary: 'x' }] },
      }),
      node('a1', 'thoughts', 'assistant', {
        parts: ['It is 2\uE200cite\uE202turn0search1\uE201.'],
        metadata: { model_slug: 'gpt-4o' },
      }),
      node('q2', 'a1', 'user', {
        content: {
          content_type: 'multimodal_text',
          parts: ['See', { content_type: 'image_asset_pointer' }, 'this'],
        },
      }),
      node('q3', 'a1', 'user', {
        content: { content_type: 'multimodal_text', parts: [{ asset_pointer: 'x' }] },
      }),
      node('a3', 'q3', 'assistant', {
        content: { content_type: 'text', parts: [{ content_type: 'audio_transcription', text: 'Hm' }] },
      }),
      node('a3b', 'q3', 'assistant', { parts: ['A cat'] }),
    ];
    const document = [
      {
        title: 'Sum',
        create_time: 1_700_000_000,
        update_time: 1e30,
        mapping: mapping(nodes),
        current_node: 'a3b',
        safe_urls: [1],
      },
      { title: 'Nothing', id: 'x' },
    ];
    const { conversations, left } = await imported('chatgpt', document);
    expect(conversations).toEqual([
      {
        title: 'Sum',
        createdAt: '2023-11-14T22:13:20.000Z',
        updatedAt: null,
        messages: [
          ['user', 'q1', undefined],
          ['assistant', 'It is 2.', 0],
          ['user', 'See\nthis', 1],
          ['assistant', 'Hm', 1],
          ['assistant', 'A cat', 1],
        ],
      },
      { title: 'Nothing', createdAt: null, updatedAt: null, messages: [] },
    ]);
    expect(left).toEqual({ hidden_message: 1, tool_message: 2, reasoning: 1, attachment: 2, citation: 1 });
  });

  it('reads the tree of Open WebUI, and the list of its old versions', async () => {
    const messages = {
      s: { id: 's', parentId: null, childrenIds: ['u'], role: 'system', content: 'Be brief' },
      u: {
        id: 'u',
        parentId: 's',
        childrenIds: ['m1', 'm2'],
        role: 'user',
        content: 'Q',
        files: [{ type: 'image' }],
      },
      m2: { id: 'm2', parentId: 'u', childrenIds: [], role: 'assistant', content: 'B', model: 'two' },
      m1: {
        id: 'm1',
        parentId: 'u',
        childrenIds: ['u2'],
        role: 'assistant',
        content: '<details type="reasoning" done="true">\n<summary>x</summary>\n> hm\n</details>\nA',
      },
      u2: {
        id: 'u2',
        parentId: 'm1',
        childrenIds: [],
        role: 'user',
        content: [{ type: 'text', text: 'More' }],
      },
    };
    const list = [
      { role: 'user', content: 'Old' },
      { role: 'assistant', content: '', error: { content: 'Failed' } },
    ];
    const document = [
      {
        id: '1',
        title: 'T',
        chat: { title: 'inner', history: { messages, currentId: 'u2' }, messages: list },
        created_at: 1_700_000_000,
      },
      { id: '2', chat: { title: 'Old', timestamp: 1_700_000_000_000, messages: list } },
    ];
    const { conversations, left } = await imported('open_webui', document);
    expect(conversations.map(({ title, createdAt, messages: rows }) => [title, createdAt, rows])).toEqual([
      [
        'T',
        '2023-11-14T22:13:20.000Z',
        [
          ['user', 'Q', undefined],
          ['assistant', 'A', 0],
          ['assistant', 'B', 0],
          ['user', 'More', 1],
        ],
      ],
      [
        'Old',
        '2023-11-14T22:13:20.000Z',
        [
          ['user', 'Old', undefined],
          ['assistant', 'Failed', 0],
        ],
      ],
    ]);
    expect(left).toEqual({ system_message: 1, reasoning: 1, attachment: 1 });
  });

  it('keeps any tree, order and roles, however the document is cut', async () => {
    const trees = fc.array(
      fc.record({
        above: fc.nat(),
        isUser: fc.boolean(),
        isKept: fc.boolean(),
        text: fc.string({ minLength: 1 }),
      }),
      {
        minLength: 1,
        maxLength: 12,
      },
    );
    await fc.assert(
      fc.asyncProperty(trees, fc.nat(), fc.integer({ min: 1, max: 50 }), async (tree, chosen, size) => {
        const parentOf = (at: number) =>
          at === 0 ? null : tree[at]!.above % (at + 1) === at ? null : tree[at]!.above % (at + 1);
        const nodes = tree.map(({ isUser, isKept, text }, at) =>
          node(
            String(at),
            parentOf(at) === null ? null : String(parentOf(at)),
            isKept ? (isUser ? 'user' : 'assistant') : 'tool',
            {
              parts: [`${at} ${text}`],
            },
          ),
        );
        const current = chosen % tree.length;
        const { conversations } = await imported(
          'chatgpt',
          { mapping: mapping(nodes), current_node: String(current) },
          size,
        );
        const messages = conversations[0]!.messages as [string, string, number | undefined][];
        const keptAbove = (at: number | null): number | null =>
          at === null || tree[at]!.isKept ? at : keptAbove(parentOf(at));
        const numbers = messages.map(([, content]) => Number(content.split(' ')[0]));
        expect([...numbers].sort((a, b) => a - b)).toEqual(
          tree.flatMap(({ isKept }, at) => (isKept ? [at] : [])),
        );
        messages.forEach(([role, content, parent], index) => {
          const at = numbers[index]!;
          expect([role, content]).toEqual([
            tree[at]!.isUser ? 'user' : 'assistant',
            `${at} ${tree[at]!.text.replaceAll('\0', '\uFFFD')}`,
          ]);
          expect(parent === undefined ? null : numbers[parent]).toBe(keptAbove(parentOf(at)));
          if (parent !== undefined) expect(parent).toBeLessThan(index);
        });
        // The last message is the current one, or one below it.
        const shown = keptAbove(current);
        if (shown === null) return;
        let at: number | null = numbers.at(-1)!;
        while (at !== null && at !== shown) at = keptAbove(parentOf(at));
        expect(at).toBe(shown);
      }),
      { numRuns: 100 },
    );
  });

  it('reads nodes whose id is only their key', async () => {
    const a = { ...node('a', null, 'user'), id: undefined };
    const b = { ...node('b', 'a', 'assistant'), id: undefined };
    const { conversations } = await imported('chatgpt', { mapping: { a, b }, current_node: 'b' });
    expect(conversations[0]!.messages).toEqual([
      ['user', 'a', undefined],
      ['assistant', 'b', 0],
    ]);
    const messages = {
      a: { parentId: null, role: 'user', content: 'A' },
      b: { parentId: 'a', role: 'assistant', content: 'B' },
    };
    const chats = await imported('open_webui', { chat: { history: { messages, currentId: 'b' } } });
    expect(chats.conversations[0]!.messages).toEqual([
      ['user', 'A', undefined],
      ['assistant', 'B', 0],
    ]);
  });

  it('reads messages that are not as expected, and says which it leaves out', async () => {
    const nodes = [
      node('a', 'b', 'user'),
      node('b', 'a', 'user'),
      node('c', 'unknown', 'user', { parts: ['c\0\ud800'] }),
      node('d', 'c', 'critic'),
      node('e', 'd', 'assistant', { parts: [' '] }),
      { message: 3 },
    ];
    const { conversations, left } = await imported('chatgpt', {
      mapping: nodes,
      title: { a: [1] },
      __proto__x: 1,
    });
    expect(conversations).toEqual([
      { title: null, createdAt: null, updatedAt: null, messages: [['user', 'c\uFFFD\uFFFD', undefined]] },
    ]);
    expect(left).toEqual({
      invalid_message: 2,
      empty_message: 1,
      unreachable_message: 2,
      invalid_character: 1,
    });
  });
});
