import { type Database, type Statement } from '#database';

/**
 * Among the branches that contain the message or fork after it, the one that began last ends with the newest message of
 * them all. Its last `seq` is one less than the `seq` at which the next branch of the conversation begins.
 */
const newestLeaf: Statement = {
  name: 'newest_leaf',
  text: `
    WITH RECURSIVE later AS (
      SELECT m.conversation_id, m.branch, m.seq AS from_seq, c.next_seq
      FROM messages m JOIN conversations c ON c.id = m.conversation_id AND c.owner = $2
      WHERE m.id = $3 AND m.conversation_id = $1
      UNION ALL
      SELECT b.conversation_id, b.branch, b.branch, l.next_seq
      FROM later l JOIN branches b
        ON b.conversation_id = l.conversation_id AND b.parent_branch = l.branch AND b.fork_seq >= l.from_seq
    ), newest AS (
      SELECT conversation_id, next_seq, max(branch) AS branch FROM later GROUP BY conversation_id, next_seq
    )
    SELECT m.id
    FROM newest n JOIN messages m ON m.conversation_id = n.conversation_id AND m.seq = least(
      (SELECT min(branch) FROM branches WHERE conversation_id = n.conversation_id AND branch > n.branch),
      (SELECT min(seq) FROM messages
       WHERE conversation_id = n.conversation_id AND parent_id IS NULL AND seq > n.branch),
      n.next_seq) - 1`,
};

/** The id of the newest message among the descendants of a message and itself. Undefined if the owner has no such message in the conversation. */
export async function newestLeafAfter(
  database: Database,
  owner: string,
  conversationId: string,
  messageId: string,
): Promise<string | undefined> {
  const [leaf] = await database
    .forOwner(owner)
    .query<{ id: string }>(newestLeaf, [conversationId, owner, messageId]);
  return leaf?.id;
}
