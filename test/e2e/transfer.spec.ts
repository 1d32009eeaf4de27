import { Retention } from '../../libs/chat/src/retention/retention.js';
import { request } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { Stack } from '../harness/stack.js';

interface Listed {
  data: {
    id: string;
    parent_id: string | null;
    content: string;
    feedback: { rating: string } | null;
    sibling_ids: string[];
  }[];
}
interface Document {
  title: string;
  messages: { id: string; parent_id: string | null; content: string; feedback: unknown }[];
}

/** Sends a body with a client that reads the response only after it has sent everything. */
function sendWhole(url: string, text: string): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const body = Buffer.from(text);
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    const sent = request(url, { method: 'POST', headers }, (response) => {
      response.pause();
      const read = async (): Promise<void> =>
        resolve({ status: response.statusCode, body: await textOf(response) });
      if (sent.writableFinished) read().catch(reject);
      else sent.once('finish', () => void read().catch(reject));
    });
    sent.once('error', reject).end(body);
  });
}

/** Uses the server with PostgreSQL and a mock LLM server. */
describe('exported and imported conversations', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await Stack.start({ environment: { RETENTION_DAYS: '30' } });
    stack.mock.behave({ reply: 'An answer.' });
  });
  afterAll(() => stack.stop());

  const messagesOf = async (id: string, query = ''): Promise<Listed['data']> =>
    (await stack.call<Listed>('GET', `/api/conversations/${id}/messages?limit=100${query}`)).body.data;
  /** A conversation with two branches and a rated answer. */
  async function tree(): Promise<string> {
    const { body } = await stack.call<{ conversation_id: string; message_id: string }>('POST', '/api/chat', {
      message: 'One?',
    });
    const id = body.conversation_id;
    await stack.call('POST', `/api/conversations/${id}/messages`, { content: 'Two?' });
    await stack.call('POST', `/api/messages/${body.message_id}/regenerate`);
    await stack.call('POST', `/api/conversations/${id}/messages`, { content: 'Three?' });
    const rated = await stack.call('PUT', `/api/messages/${body.message_id}/feedback`, {
      rating: 'up',
      comment: 'ok',
    });
    expect(rated.status).toBe(204);
    return id;
  }
  const exported = async (id: string): Promise<Document> =>
    (await stack.call<Document>('GET', `/api/conversations/${id}/export`)).body;

  it('are the same after export and import', async () => {
    const id = await tree();
    const document = await exported(id);
    expect(document.messages).toHaveLength(7);
    const imported = await stack.call<{ id: string; title: string }>('POST', '/api/import', document);
    expect([imported.status, imported.body.title]).toEqual([201, 'One?']);
    const plain = ({ title, messages }: Document) => {
      const places = new Map(messages.map((message, at) => [message.id, at]));
      return {
        title,
        messages: messages.map((message) => ({
          ...message,
          id: places.get(message.id),
          parent_id: message.parent_id && places.get(message.parent_id),
        })),
      };
    };
    expect(plain(await exported(imported.body.id))).toEqual(plain(document));
    for (const query of ['', '&leaf=all']) {
      const texts = async (conversation: string) =>
        (await messagesOf(conversation, query)).map(({ content, sibling_ids }) => [
          content,
          sibling_ids.length,
        ]);
      expect(await texts(imported.body.id)).toEqual(await texts(id));
    }
    const sent = await stack.call('POST', `/api/conversations/${imported.body.id}/messages`, {
      content: 'Four?',
    });
    expect(sent.status).toBe(200);
    expect(await messagesOf(imported.body.id)).toHaveLength(6);
  });

  it('can be exported as Markdown', async () => {
    const response = await stack.fetch(`/api/conversations/${await tree()}/export?format=markdown`);
    expect(response.headers.get('content-type')).toContain('text/markdown');
    expect(await response.text()).toBe(
      '# One?\n\n## User\n\nOne?\n\n## Assistant\n\nAn answer.\n\n## User\n\nThree?\n\n## Assistant\n\nAn answer.\n',
    );
  });

  it('may be long', async () => {
    const messages = Array.from({ length: 2_500 }, (_, at) => ({
      id: `01a20000-0000-7000-8000-${String(at).padStart(12, '0')}`,
      parent_id: at === 0 ? null : `01a20000-0000-7000-8000-${String(at - 1).padStart(12, '0')}`,
      role: at % 2 === 0 ? 'user' : 'assistant',
      content: `${at} ${'x'.repeat(1_000)}`,
    }));
    const imported = await stack.call<{ id: string }>('POST', '/api/import', {
      format: 'parley.conversation.v1',
      messages,
    });
    expect(imported.status).toBe(201);
    const document = await exported(imported.body.id);
    expect(document.messages.map(({ content }) => content)).toEqual(messages.map(({ content }) => content));
  });

  it('may come from ChatGPT, with its tree and a report', async () => {
    const node = (id: string, parent: string | null, role: string, text: string, time: number) => ({
      [id]: {
        id,
        parent,
        children: [],
        message: { author: { role }, create_time: time, content: { content_type: 'text', parts: [text] } },
      },
    });
    const conversation = (title: string, time: number) => ({
      title,
      create_time: time,
      update_time: time,
      mapping: {
        ...node('q', null, 'user', `Which ${title}?`, time),
        ...node('first', 'q', 'assistant', 'This one.', time),
        ...node('second', 'q', 'assistant', 'That one.', time),
        ...node('tool', 'first', 'tool', '{}', time),
        ...node('more', 'tool', 'user', 'Thanks.', 1e20),
      },
      current_node: 'more',
    });
    const document = [conversation('Older', 1_600_000_000), conversation('Newer', 1_700_000_000)];
    const { status, body } = await stack.call<{ id: string; import: { conversation_ids: string[] } }>(
      'POST',
      '/api/import',
      document,
    );
    expect([status, body.import]).toEqual([
      201,
      {
        format: 'chatgpt',
        conversation_ids: [body.id, expect.any(String)],
        message_count: 8,
        left_out: [{ kind: 'tool_message', count: 2, description: expect.any(String) }],
      },
    ]);
    const listed = await stack.call<{ data: { title: string; created_at: string }[] }>(
      'GET',
      '/api/conversations?limit=2',
    );
    expect(listed.body.data.map(({ title, created_at }) => [title, created_at])).toEqual([
      ['Newer', '2023-11-14T22:13:20.000Z'],
      ['Older', '2020-09-13T12:26:40.000Z'],
    ]);
    const shown = await messagesOf(body.id);
    expect(shown.map(({ content, parent_id }) => [content, parent_id])).toEqual([
      ['Which Older?', null],
      ['This one.', shown[0]!.id],
      ['Thanks.', shown[1]!.id],
    ]);
    expect(shown[1]!.sibling_ids).toHaveLength(2);
    await stack.get(Retention).sweep();
    const sent = await stack.call('POST', `/api/conversations/${body.id}/messages`, { content: 'Go on.' });
    expect(sent.status).toBe(200);
    expect((await messagesOf(body.id)).map(({ content }) => content).slice(2)).toEqual([
      'Thanks.',
      'Go on.',
      'An answer.',
    ]);
  });

  it.each<[string, string]>([
    ['an unknown format', `[{"chat_messages":[${'{},'.repeat(2_000_000)}{}]}]`],
    ['an invalid message', `{"format":"parley.conversation.v1","messages":[${'{},'.repeat(2_000_000)}{}]}`],
    ['too many conversations', `[{"mapping":{}}${',{}'.repeat(2_000_000)}]`],
  ])('are refused with a response to clients that send the whole body first: %s', async (_, document) => {
    const { status, body } = await sendWhole(`${stack.url}/api/import`, document);
    expect([status, JSON.parse(body)]).toEqual([400, expect.objectContaining({ code: 'validation_failed' })]);
  });

  it.each<[string, unknown]>([
    ['of another program', [{ uuid: 'u', name: 'n', chat_messages: [] }]],
    ['without messages', [{ id: 'x', chat: { history: { messages: {} } } }]],
    ['without a format', { title: 'x', messages: [] }],
    ['of another version', { format: 'parley.conversation.v9', messages: [] }],
  ])('are refused with the names of the known formats: documents %s', async (_, document) => {
    const { status, body } = await stack.call('POST', '/api/import', document);
    expect([status, body.code]).toEqual([400, 'validation_failed']);
    expect(body.detail).toMatch(/parley\.conversation\.v1.*ChatGPT.*Open WebUI.*LibreChat/);
  });

  it.each<[string, object, string]>([
    ['another format', { format: 'x', messages: [] }, 'format'],
    [
      'a parent that is not there',
      {
        messages: [
          {
            id: '0198c2f0-0000-7000-8000-000000000000',
            parent_id: '0198c2f0-0000-7000-8000-000000000001',
            role: 'user',
            content: 'a',
          },
        ],
      },
      'messages.0.parent_id',
    ],
    ['a list for a message', { messages: [[]] }, 'messages.0'],
    [
      'another role',
      { messages: [{ id: '0198c2f0-0000-7000-8000-000000000000', role: 'system', content: 'a' }] },
      'messages.0.role',
    ],
  ])('are rejected with %s', async (_, more, field) => {
    const { status, body } = await stack.call<{ errors: { field: string }[] }>('POST', '/api/import', {
      format: 'parley.conversation.v1',
      ...more,
    });
    expect([status, body.errors[0]!.field]).toEqual([400, field]);
  });

  it('contain the latest feedback', async () => {
    const id = await tree();
    const [, answer] = await messagesOf(id, '&leaf=all');
    expect(answer!.feedback).toEqual({ rating: 'up', comment: 'ok' });
    await stack.call('PUT', `/api/messages/${answer!.id}/feedback`, { rating: 'down' });
    const [, now] = await messagesOf(id, '&leaf=all');
    expect(now!.feedback).toEqual({ rating: 'down', comment: null });
    const none = await stack.call('PUT', '/api/messages/0198c2f0-0000-7000-8000-000000000000/feedback', {
      rating: 'up',
    });
    expect([none.status, none.body.code]).toEqual([404, 'message_not_found']);
    const bad = await stack.call<{ errors: { field: string }[] }>(
      'PUT',
      `/api/messages/${answer!.id}/feedback`,
      { rating: 5 },
    );
    expect([bad.status, bad.body.errors[0]!.field]).toEqual([400, 'rating']);
  });

  it('leave no rows after deletion or expiry', async () => {
    const ids = [await tree(), await tree()];
    await stack.call(
      'POST',
      `/api/conversations/${ids[1]}/messages`,
      { content: 'x' },
      { 'idempotency-key': 'gone' },
    );
    await stack.call('DELETE', `/api/conversations/${ids[0]}`);
    await stack.rows(`UPDATE conversations SET updated_at = now() - interval '31 days' WHERE id = $1`, [
      ids[1],
    ]);
    await stack.rows(
      `INSERT INTO idempotency_keys SELECT owner, 'old', 'x', id, gen_random_uuid(), now() - interval '25 hours'
       FROM conversations WHERE id <> ALL ($1) LIMIT 1`,
      [ids],
    );
    await stack.get(Retention).sweep();
    const left = await stack.rows<{ table: string; count: number }>(
      `SELECT 'conversations' AS table, count(*)::integer FROM conversations WHERE id = ANY ($1)
       UNION ALL SELECT 'messages', count(*)::integer FROM messages WHERE conversation_id = ANY ($1)
       UNION ALL SELECT 'runs', count(*)::integer FROM runs WHERE conversation_id = ANY ($1)
       UNION ALL SELECT 'branches', count(*)::integer FROM branches WHERE conversation_id = ANY ($1)
       UNION ALL SELECT 'pieces', count(*)::integer FROM run_pieces WHERE run_id NOT IN (SELECT id FROM runs)
       UNION ALL SELECT 'feedback', count(*)::integer FROM feedback WHERE message_id NOT IN (SELECT id FROM messages)
       UNION ALL SELECT 'keys', count(*)::integer FROM idempotency_keys WHERE conversation_id = ANY ($1) OR key = 'old'`,
      [ids],
    );
    expect(left.filter(({ count }) => count > 0)).toEqual([]);
    expect(left).toHaveLength(7);
  });
});
