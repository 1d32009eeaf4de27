import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { type Json, Stack } from '../harness/stack.js';

const megabyte = 1024 * 1024;
/** Upper bound of a response with 8 MiB of text, in bytes, including ids and dates. */
const pageBound = 8.5 * megabyte;

interface Listed {
  data: (Json & { id: string })[];
  last_id: string | null;
  first_id: string | null;
  has_more: boolean;
}

// Dozens of megabytes are stored and read.
jest.setTimeout(120_000);

/** Real: the server, its sockets, PostgreSQL. */
describe('the pages of lists', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await Stack.start();
  });
  afterAll(() => stack.stop());

  /** Creates a conversation with `count` messages of `chars` characters in one branch. @returns its id */
  const conversation = async (count: number, chars: number): Promise<string> => {
    const { body } = await stack.call('POST', '/api/conversations', {});
    await stack.sql.query(
      `INSERT INTO messages (id, conversation_id, seq, role, content, status)
       SELECT gen_random_uuid(), $1, n, 'user', repeat(md5(n::text), $3 / 32), 'completed' FROM generate_series(1, $2::int) n`,
      [body.id, count, chars],
    );
    await stack.sql.query(
      `UPDATE conversations SET next_seq = $2 + 1, leaf_id = (SELECT id FROM messages WHERE conversation_id = $1 AND seq = $2)
       WHERE id = $1`,
      [body.id, count],
    );
    return body.id as string;
  };
  /** Fetches all pages of a list, with the length of each response. */
  const pages = async (
    path: string,
    anchor: (page: Listed) => string,
    first = '',
  ): Promise<{ page: Listed; bytes: number }[]> => {
    const all: { page: Listed; bytes: number }[] = [];
    for (let next = first; ;) {
      const text = await (await stack.fetch(`${path}${next}`)).text();
      const page = JSON.parse(text) as Listed;
      all.push({ page, bytes: text.length });
      if (!page.has_more) return all;
      next = anchor(page);
    }
  };
  const seqs = (listed: { page: Listed }[]): number[] =>
    listed.flatMap(({ page }) => page.data.map(({ seq }) => seq as number));

  it('contain at most 8 MiB of text in either direction, and omit nothing', async () => {
    const id = await conversation(25, 1.5 * megabyte);
    const path = `/api/conversations/${id}/messages?limit=100`;
    const forwards = await pages(path, ({ last_id }) => `&after=${last_id}`);
    expect(forwards).toHaveLength(5);
    expect(Math.max(...forwards.map(({ bytes }) => bytes))).toBeLessThan(pageBound);
    expect(seqs(forwards)).toEqual(Array.from({ length: 25 }, (_, at) => at + 1));

    const newest = forwards.at(-1)!.page.last_id;
    const backwards = await pages(path, ({ first_id }) => `&before=${first_id}`, `&before=${newest}`);
    expect(Math.max(...backwards.map(({ bytes }) => bytes))).toBeLessThan(pageBound);
    expect(seqs(backwards.reverse())).toEqual(Array.from({ length: 24 }, (_, at) => at + 1));
  });

  it('contain only one item if it is larger than 8 MiB', async () => {
    const path = `/api/conversations/${await conversation(3, 9 * megabyte)}/messages?limit=100`;
    const listed = await pages(path, ({ last_id }) => `&after=${last_id}`);
    expect(listed.map(({ page }) => page.data.length)).toEqual([1, 1, 1]);
    expect(seqs(listed)).toEqual([1, 2, 3]);
  });

  it('have the same bound in /v1', async () => {
    const id = `conv_${(await conversation(12, 1.5 * megabyte)).replaceAll('-', '')}`;
    for (const order of ['asc', 'desc']) {
      const path = `/v1/conversations/${id}/items?limit=100&order=${order}`;
      const listed = await pages(path, ({ last_id }) => `&after=${last_id}`);
      expect(listed.map(({ page }) => page.data.length)).toEqual([5, 5, 2]);
      expect(Math.max(...listed.map(({ bytes }) => bytes))).toBeLessThan(pageBound);
    }
  });

  it('count the metadata of conversations toward the bound', async () => {
    await stack.sql.query(
      `INSERT INTO conversations (id, owner, title, metadata)
       SELECT gen_random_uuid(), 'local', 'large ' || n, jsonb_build_object('text', repeat(md5(n::text), 64 * 1024))
       FROM generate_series(1, 9) n`,
    );
    const listed = await pages('/api/conversations?limit=100', ({ last_id }) => `&after=${last_id}`);
    expect(listed.length).toBeGreaterThan(2);
    expect(Math.max(...listed.map(({ bytes }) => bytes))).toBeLessThan(pageBound);
    const titles = listed
      .flatMap(({ page }) => page.data.map(({ title }) => title))
      .filter((title) => `${title as string}`.startsWith('large'));
    expect(titles).toHaveLength(9);
  });

  it('list at most 50 siblings on each side of a message', async () => {
    const id = await conversation(0, 0);
    const parent = randomUUID();
    await stack.sql.query(
      `INSERT INTO messages (id, conversation_id, parent_id, seq, role, content, status)
       SELECT CASE n WHEN 1 THEN $2::uuid ELSE gen_random_uuid() END, $1, CASE WHEN n > 1 THEN $2::uuid END, n, 'user', 'x', 'completed'
       FROM generate_series(1, 121) n`,
      [id, parent],
    );
    await stack.sql.query('UPDATE conversations SET next_seq = 122 WHERE id = $1', [id]);
    const listed = await pages(
      `/api/conversations/${id}/messages?leaf=all&limit=100`,
      ({ last_id }) => `&after=${last_id}`,
    );
    const messages = listed.flatMap(({ page }) => page.data);
    const siblings = messages.slice(1).map(({ id: own }) => own);
    expect(messages).toHaveLength(121);
    expect(messages[0]).toMatchObject({ sibling_ids: [parent], has_more_siblings: false });
    for (const [at, message] of messages.slice(1).entries()) {
      expect(message.sibling_ids).toEqual(siblings.slice(Math.max(0, at - 50), at + 51));
      expect(message.has_more_siblings).toBe(at > 50 || at < siblings.length - 51);
    }
  });
});
