import { pageBytes } from '#backpressure';
import { type Database, type Statement } from '#database';
import { notFound, page, type Page, type PageQuery } from '#problems';
import { type Conversation } from '../model/conversation.entity.js';

/**
 * A page in the order of the index, so a later page costs as much as the first one. Without an anchor the bound is a value
 * beyond all conversations: because every query has a bound, every plan starts at it in the index. Titles and metadata
 * fill a page up to `pageBytes`. At least one row is returned, even if there is no conversation.
 */
function conversationPage(name: string, order: 'ASC' | 'DESC'): Statement {
  const inOrder = `ORDER BY c.updated_at ${order}, c.id ${order}`;
  return {
    name,
    text: `
      WITH page_anchor AS MATERIALIZED (
        SELECT updated_at, id FROM conversations WHERE id = $2 AND owner = $1
      ), bound AS MATERIALIZED (
        SELECT coalesce((SELECT updated_at FROM page_anchor), 'infinity') AS updated_at,
          coalesce((SELECT id FROM page_anchor), 'ffffffff-ffff-ffff-ffff-ffffffffffff') AS id
      )
      SELECT $2::uuid IS NULL OR EXISTS (SELECT FROM page_anchor) AS has_anchor, l.found,
        l.id, l.owner, l.title, l.metadata, l.next_seq, l.leaf_id, l.active_run_id, l.created_at, l.updated_at
      FROM (SELECT) AS one LEFT JOIN (
        SELECT c.*, count(*) OVER () AS found, row_number() OVER page AS number,
          sum(octet_length(c.metadata::text) + coalesce(octet_length(c.title), 0)) OVER page AS bytes_so_far
        FROM (
          SELECT * FROM conversations c
          WHERE c.owner = $1 AND (c.updated_at, c.id) ${order === 'ASC' ? '>' : '<'} (SELECT updated_at, id FROM bound)
          ${inOrder} LIMIT $3
        ) c
        WINDOW page AS (${inOrder} ROWS UNBOUNDED PRECEDING)
      ) l ON l.number < $3 AND (l.bytes_so_far <= ${pageBytes} OR l.number = 1)
      ORDER BY l.updated_at ${order}, l.id ${order}`,
  };
}

const newestFirst = conversationPage('list_conversations', 'DESC');
const oldestFirst = conversationPage('list_conversations_before', 'ASC');

type Row = Conversation & { has_anchor: boolean; found: string | null } & Record<string, unknown>;

/**
 * Reads a page of an owner's conversations, newest activity first.
 * @throws Problem 404 if the conversation in `after` or `before` is not this owner's
 */
export async function readConversationPage(
  database: Database,
  owner: string,
  { limit, after, before }: PageQuery,
): Promise<Page<Conversation>> {
  const isBackwards = before !== undefined;
  const anchor = after ?? before;
  const rows = await database
    .forOwner(owner)
    .query<Row>(isBackwards ? oldestFirst : newestFirst, [owner, anchor, limit + 1]);
  if (rows[0]?.has_anchor !== true) {
    throw notFound(isBackwards ? 'item to list before' : 'item to list after', anchor);
  }
  const found = rows.filter(({ id }) => id !== null);
  const data: Conversation[] = found.map(({ has_anchor: _, found: __, ...conversation }) => conversation);
  return page(isBackwards ? data.reverse() : data, Number(rows[0].found) > data.length);
}
