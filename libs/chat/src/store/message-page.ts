import { pageBytes } from '#backpressure';
import { type Database, type Statement } from '#database';
import { branchPath } from './branch-path.js';
import { messageColumns, runningBytes } from './message-columns.js';
import { type FeedbackDto } from '../model/feedback.dto.js';
import { type Message } from '../model/message.entity.js';
import { type ListedMessage } from '../model/message.view.js';

/** Which messages of a conversation, and which page of them. */
export interface MessagePageQuery {
  conversationId: string;
  owner: string;
  /** The message that the branch ends with; left out: the newest one. */
  leafId: string | undefined;
  /** Every message, whatever branch it is in. */
  isWhole: boolean;
  /** The page begins after this message, or ends before it; left out: it begins with the first one. */
  anchorId: string | undefined;
  isBackwards: boolean;
  limit: number;
}

/** What was found. Without `hasLeaf` and `hasAnchor` there are no messages. */
export interface FoundMessages {
  hasLeaf: boolean;
  /** The anchor is among the messages that are listed. */
  hasAnchor: boolean;
  /** In the order of `seq`; fewer than the limit when their texts fill the page. */
  messages: ListedMessage[];
  /** The list goes on in the direction that was asked for. */
  hasMore: boolean;
}

/** Most siblings that are listed on each side of a message. */
const siblingsPerSide = 50;

/**
 * SQL for the siblings on one side of the message `m`, the nearest first: one more than is listed, to find out whether
 * there are more. It reads a range of an index, however many siblings there are.
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
 * Reads no more of a branch than the page needs: the stretches that are nearest to the anchor, and of each of them as
 * many messages as the page can hold, up to `pageBytes` of text. PostgreSQL knows the length of a text without reading
 * it, so the rest is neither read nor sent. One row says what was found, even if that is no message.
 */
function messagePage(name: string, isBackwards: boolean): Statement {
  const order = isBackwards ? 'DESC' : 'ASC';
  return {
    name,
    text: `
      WITH RECURSIVE place AS MATERIALIZED (
        SELECT c.id AS conversation_id, leaf.id IS NOT NULL OR $3::uuid IS NULL AS has_leaf, anchor.seq AS anchor_seq,
          CASE WHEN $4::boolean THEN 1 ELSE leaf.branch END AS branch,
          CASE WHEN $4::boolean THEN c.next_seq - 1 ELSE leaf.seq END AS seq
        FROM conversations c
        LEFT JOIN messages leaf ON leaf.id = coalesce($3, c.leaf_id) AND leaf.conversation_id = c.id
        LEFT JOIN messages anchor ON anchor.id = $5 AND anchor.conversation_id = c.id
        WHERE c.id = $1 AND c.owner = $2
      ), stretch AS (${branchPath('SELECT conversation_id, branch, seq FROM place')}
      ), nearest AS (
        ${
          isBackwards
            ? `SELECT s.conversation_id, s.first_seq, least(s.last_seq, p.anchor_seq - 1) AS last_seq
               FROM stretch s CROSS JOIN place p WHERE s.first_seq < p.anchor_seq`
            : `SELECT s.conversation_id, greatest(s.first_seq, p.anchor_seq + 1) AS first_seq, s.last_seq
               FROM stretch s CROSS JOIN place p WHERE s.last_seq > coalesce(p.anchor_seq, 0)`
        }
        ORDER BY last_seq ${order} LIMIT $6
      )
      SELECT p.has_leaf,
        $5::uuid IS NULL OR EXISTS (
          SELECT FROM stretch s WHERE p.anchor_seq BETWEEN s.first_seq AND s.last_seq
        ) AS has_anchor,
        m.found, ${messageColumns('m')}, ${siblings('<')} AS siblings_before, ${siblings('>')} AS siblings_after,
        (SELECT json_build_object('rating', f.rating, 'comment', f.comment) FROM feedback f WHERE f.message_id = m.id) AS feedback
      FROM place p LEFT JOIN LATERAL (
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

/** Undefined when this owner has no such conversation. */
export async function readMessagePage(
  database: Database,
  query: MessagePageQuery,
): Promise<FoundMessages | undefined> {
  const { conversationId, owner, leafId, isWhole, anchorId, isBackwards, limit } = query;
  const rows = await database
    .forOwner(owner)
    .query<Row>(isBackwards ? previousMessages : nextMessages, [
      conversationId,
      owner,
      leafId,
      isWhole,
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
