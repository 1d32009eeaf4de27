import { type Statement } from '#database';

/**
 * $1 rows as JSON, $2 the owner. An import counts as activity, so that old conversations do not expire immediately: `rank`
 * milliseconds before now.
 */
export const openImported: Statement = {
  name: 'open_imported_conversations',
  text: `
    INSERT INTO conversations (id, owner, title, metadata, next_seq, leaf_id, leaf_branch, created_at, updated_at)
    SELECT id, $2, title, metadata, next_seq, leaf_id, leaf_branch, coalesce(created_at, now()),
      now() - rank * interval '1 millisecond'
    FROM json_to_recordset($1) AS g (
      id uuid, title text, metadata jsonb, next_seq integer, leaf_id uuid, leaf_branch integer, created_at timestamptz,
      rank integer)`,
};

/** $1 rows as JSON, $2 the owner. Conversations exist; parents are in the same rows or in earlier ones. */
export const importMessages: Statement = {
  name: 'import_messages',
  text: `
    WITH given AS MATERIALIZED (
      SELECT * FROM json_to_recordset($1) AS g (
        id uuid, conversation_id uuid, parent_id uuid, seq integer, branch integer, parent_branch integer, fork_seq integer, role text,
        content text, status text, model text, finish_reason text, tokens_used integer, usage jsonb, source text,
        metadata jsonb, created_at timestamptz, completed_at timestamptz, rating text, comment text)
    ), added AS (
      INSERT INTO messages (id, conversation_id, owner, parent_id, seq, branch, role, content, status, model, finish_reason,
        tokens_used, usage, source, metadata, created_at, completed_at)
      SELECT id, conversation_id, $2, parent_id, seq, branch, role, content, status, model, finish_reason, tokens_used, usage, source,
        metadata, coalesce(created_at, now()), coalesce(completed_at, created_at, now())
      FROM given
    ), forked AS (
      INSERT INTO branches (conversation_id, owner, branch, parent_branch, fork_seq)
      SELECT conversation_id, $2, branch, parent_branch, fork_seq FROM given WHERE fork_seq IS NOT NULL
    )
    INSERT INTO feedback (message_id, owner, rating, comment)
    SELECT id, $2, rating, comment FROM given WHERE rating IS NOT NULL`,
};
