import { pageBytes } from '#backpressure';
import { type Database, type Statement } from '#database';
import { branchRanges } from './branch-ranges.js';
import { messageColumns, runningBytes } from './message-columns.js';
import { type FeedbackDto } from '../model/feedback.dto.js';
import { type Message } from '../model/message.entity.js';
import { type ListedMessage } from '../model/message.view.js';

/** A page of messages of a conversation. */
export interface MessagePageQuery {
  conversationId: string;
  owner: string;
  /** The last message of the branch; undefined: the newest message of the conversation. */
  leafId: string | undefined;
  /** Lists the messages of all branches. */
  hasAllBranches: boolean;
  /** The page begins after this message, or ends before it; undefined: it begins with the first message. */
  anchorId: string | undefined;
  isBackwards: boolean;
  limit: number;
}

/** A page of messages. Empty unless both `hasLeaf` and `hasAnchor` are true. */
export interface FoundMessages {
  /** Whether the last message of the branch is in the conversation. */
  hasLeaf: boolean;
  /** Whether the anchor is in the list. */
  hasAnchor: boolean;
  /** In the order of `seq`; fewer than the limit if their texts fill the page. */
  messages: ListedMessage[];
  /** Whether the list continues in the requested direction. */
  hasMore: boolean;
}

/** Most siblings that are listed on each side of a message. */
const siblingsPerSide = 50;

/**
 * SQL for the siblings on one side of the message `m`, the nearest first, and one more than is listed, to know whether
 * there are more. It reads a range of an index, whatever the number of siblings.
 */
function siblings(sign: '<' | '>'): string {
  const order = `seq ${sign} m.seq ORDER BY seq ${sign === '<' ? 'DESC' : 'ASC'} LIMIT ${siblingsPerSide + 1}`;
  return `
        CASE WHEN m.parent_id IS NOT NULL
          THEN ARRAY(SELECT id FROM messages WHERE parent_id = m.parent_id AND ${order})
          ELSE ARRAY(
            SELECT id FROM messages WHERE conversation_id = m.conversation_id AND parent_id IS NULL AND ${order})
        END`;
}

/**
 * Reads only what the page needs: the branch ranges nearest to the anchor, and of each of them as many messages as fit on
 * the page, up to `pageBytes` of text. PostgreSQL knows the length of a text without reading it, so the rest is neither
 * read nor sent. Without any message the result is one row with `has_leaf` and `has_anchor`.
 */
function messagePage(name: string, isBackwards: boolean): Statement {
  const order = isBackwards ? 'DESC' : 'ASC';
  return {
    name,
    text: `
      WITH RECURSIVE page_start AS MATERIALIZED (
        SELECT c.id AS conversation_id, leaf.id IS NOT NULL OR $3::uuid IS NULL AS has_leaf, anchor.seq AS anchor_seq,
          CASE WHEN $4::boolean THEN 1 ELSE leaf.branch END AS branch,
          CASE WHEN $4::boolean THEN c.next_seq - 1 ELSE leaf.seq END AS seq
        FROM conversations c
        LEFT JOIN messages leaf ON leaf.id = coalesce($3, c.leaf_id) AND leaf.conversation_id = c.id
        LEFT JOIN messages anchor ON anchor.id = $5 AND anchor.conversation_id = c.id
        WHERE c.id = $1 AND c.owner = $2
      ), branch_ranges AS (${branchRanges('SELECT conversation_id, branch, seq FROM page_start')}
      ), nearest AS (
        ${
          isBackwards
            ? `SELECT s.conversation_id, s.first_seq, least(s.last_seq, p.anchor_seq - 1) AS last_seq
               FROM branch_ranges s CROSS JOIN page_start p WHERE s.first_seq < p.anchor_seq`
            : `SELECT s.conversation_id, greatest(s.first_seq, p.anchor_seq + 1) AS first_seq, s.last_seq
               FROM branch_ranges s CROSS JOIN page_start p WHERE s.last_seq > coalesce(p.anchor_seq, 0)`
        }
        ORDER BY last_seq ${order} LIMIT $6
      )
      SELECT p.has_leaf,
        $5::uuid IS NULL OR EXISTS (
          SELECT FROM branch_ranges s WHERE p.anchor_seq BETWEEN s.first_seq AND s.last_seq
        ) AS has_anchor,
        m.found, ${messageColumns('m')}, ${siblings('<')} AS siblings_before, ${siblings('>')} AS siblings_after,
        (SELECT json_build_object('rating', f.rating, 'comment', f.comment) FROM feedback f WHERE f.message_id = m.id) AS feedback
      FROM page_start p LEFT JOIN LATERAL (
        SELECT m.*, count(*) OVER () AS found, row_number() OVER page AS number,
          ${runningBytes('m')} OVER page AS bytes_so_far
        FROM (
          SELECT m.* FROM nearest n CROSS JOIN LATERAL (
            SELECT * FROM messages
            WHERE conversation_id = n.conversation_id AND seq BETWEEN n.first_seq AND n.last_seq
            ORDER BY seq ${order} LIMIT $6
          ) m
          ORDER BY m.seq ${order} LIMIT $6
        ) m
        WINDOW page AS (ORDER BY m.seq ${order} ROWS UNBOUNDED PRECEDING)
      ) m ON m.number < $6 AND (m.bytes_so_far <= ${pageBytes} OR m.number = 1)
      ORDER BY m.seq ${order}`,
  };
}

const nextMessages = messagePage('next_messages', false);
const previousMessages = messagePage('previous_messages', true);

interface Row extends Message, Record<string, unknown> {
  has_leaf: boolean;
  has_anchor: boolean;
  /** Messages that were found, up to one more than the limit; a `bigint`. */
  found: string | null;
  siblings_before: string[];
  siblings_after: string[];
  feedback: FeedbackDto | null;
}

/** Reads a page of messages. Undefined if the owner has no such conversation. */
export async function readMessagePage(
  database: Database,
  query: MessagePageQuery,
): Promise<FoundMessages | undefined> {
  const { conversationId, owner, leafId, hasAllBranches, anchorId, isBackwards, limit } = query;
  const rows = await database
    .forOwner(owner)
    .query<Row>(isBackwards ? previousMessages : nextMessages, [
      conversationId,
      owner,
      leafId,
      hasAllBranches,
      anchorId,
      limit + 1,
    ]);
  if (rows[0] === undefined) return undefined;
  const { has_leaf: hasLeaf, has_anchor: hasAnchor, found } = rows[0];
  const listed = hasLeaf && hasAnchor ? rows.filter(({ id }) => id !== null) : [];
  const messages = listed.map(listedMessage);
  if (isBackwards) messages.reverse();
  return { hasLeaf, hasAnchor, messages, hasMore: listed.length > 0 && Number(found) > messages.length };
}

function listedMessage({
  has_leaf: _,
  has_anchor: __,
  found: ___,
  siblings_before,
  siblings_after,
  ...message
}: Row): ListedMessage {
  return {
    ...message,
    sibling_ids: [
      ...siblings_before.slice(0, siblingsPerSide).reverse(),
      message.id,
      ...siblings_after.slice(0, siblingsPerSide),
    ],
    has_more_siblings: Math.max(siblings_before.length, siblings_after.length) > siblingsPerSide,
  };
}
