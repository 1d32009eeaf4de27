import { type Json, Stack } from '../harness/stack.js';

interface Page {
  data: (Json & { id: string; title: string | null })[];
  first_id: string | null;
  last_id: string | null;
  has_more: boolean;
}

/** Uses the application with PostgreSQL and a mock LLM server. */
describe('conversations and messages', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await Stack.start();
  });
  afterAll(() => stack.stop());
  beforeEach(() => stack.rows('DELETE FROM conversations'));

  const create = async (title?: string): Promise<string> =>
    (await stack.call('POST', '/api/conversations', title === undefined ? {} : { title })).body.id as string;
  const list = async (query = ''): Promise<Page> =>
    (await stack.call<Page>('GET', `/api/conversations${query}`)).body;

  it('creates, reads, renames and deletes', async () => {
    const created = await stack.call('POST', '/api/conversations', { title: 'Trip', metadata: { tag: 'x' } });
    expect(created.status).toBe(201);
    expect(created.body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
      title: 'Trip',
      metadata: { tag: 'x' },
      active_run_id: null,
      created_at: expect.any(String),
      updated_at: expect.any(String),
    });
    const path = `/api/conversations/${created.body.id as string}`;
    expect((await stack.call('GET', path)).body).toEqual(created.body);
    const renamed = await stack.call('PATCH', path, { title: 'Journey' });
    expect(renamed).toMatchObject({ status: 200, body: { ...created.body, title: 'Journey' } });

    const deleted = await stack.call('DELETE', path);
    expect([deleted.status, deleted.body]).toEqual([204, undefined]);
    for (const method of ['GET', 'DELETE']) expect((await stack.call(method, path)).status).toBe(404);
    expect((await stack.call('PATCH', path, { title: 'x' })).status).toBe(404);
  });

  it('creates without a body', async () => {
    expect((await stack.call('POST', '/api/conversations')).status).toBe(201);
  });

  it('derives the title from the first message, unless it has one', async () => {
    const untitled = await create();
    const titled = await create('Mine');
    for (const id of [untitled, titled]) {
      await stack.call('POST', `/api/conversations/${id}/messages`, {
        content: '  How tall is\nthe tower? ',
      });
    }
    const titles = (await list()).data.map(({ id, title }) => [id, title]);
    expect(new Map(titles as [string, string][])).toEqual(
      new Map([
        [untitled, 'How tall is'],
        [titled, 'Mine'],
      ]),
    );
  });

  it('deletes everything that belongs to a conversation', async () => {
    const { body } = await stack.call('POST', '/api/chat', { message: 'hi' });
    await stack.call('DELETE', `/api/conversations/${body.conversation_id as string}`);
    for (const table of ['conversations', 'messages', 'runs']) {
      expect(await stack.rows(`SELECT * FROM ${table}`)).toEqual([]);
    }
  });

  it('pages through the list, latest activity first, in both directions', async () => {
    const ids: string[] = [];
    for (const title of ['a', 'b', 'c', 'd', 'e']) ids.push(await create(title));
    await stack.call('POST', `/api/conversations/${ids[0]!}/messages`, { content: 'bump' });

    const first = await list('?limit=2');
    expect(first.data.map(({ title }) => title)).toEqual(['a', 'e']);
    expect(first).toMatchObject({ first_id: ids[0], last_id: ids[4], has_more: true });
    const second = await list(`?limit=2&after=${first.last_id}`);
    expect(second.data.map(({ title }) => title)).toEqual(['d', 'c']);
    const third = await list(`?limit=2&after=${second.last_id}`);
    expect([third.data.map(({ title }) => title), third.has_more]).toEqual([['b'], false]);
    const back = await list(`?limit=2&before=${third.first_id}`);
    expect([back.data.map(({ title }) => title), back.has_more]).toEqual([['d', 'c'], true]);
    expect(await list(`?after=${third.last_id}`)).toEqual({
      data: [],
      first_id: null,
      last_id: null,
      has_more: false,
    });
  });

  it('pages through messages in order', async () => {
    const id = await create();
    const path = `/api/conversations/${id}/messages`;
    for (const content of ['1', '2', '3']) await stack.call('POST', path, { content });
    const first = (await stack.call<Page>('GET', `${path}?limit=4`)).body;
    expect(first.data.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    const rest = (await stack.call<Page>('GET', `${path}?limit=4&after=${first.last_id}`)).body;
    expect([rest.data.map(({ seq }) => seq), rest.has_more]).toEqual([[5, 6], false]);
    const back = (await stack.call<Page>('GET', `${path}?limit=3&before=${rest.first_id}`)).body;
    expect([back.data.map(({ seq }) => seq), back.has_more]).toEqual([[2, 3, 4], true]);
  });

  it('answers 404 for an anchor that is not in the list', async () => {
    const other = await create();
    const { body } = await stack.call('POST', '/api/chat', { message: 'hi' });
    const unknown = '01900000-0000-7000-8000-000000000000';
    expect((await stack.call('GET', `/api/conversations?after=${unknown}`)).status).toBe(404);
    const path = `/api/conversations/${other}/messages?after=${body.message_id as string}`;
    expect((await stack.call('GET', path)).status).toBe(404);
  });
});
