import { type Statement } from '#database';

/** $1 id, $2 owner, $3 title, $4 metadata, $5 the next `seq`, $6 and $7 the newest message and its branch. */
export const openImported: Statement = {
  name: 'open_imported_conversation',
  text: `
    INSERT INTO conversations (id, owner, title, metadata, next_seq, leaf_id, leaf_branch)
    VALUES ($1, $2, $3, $4, $5, $6, $7)`,
};

/** $1 the conversation, $2 rows as JSON, $3 the owner. Parents are in the same rows or in earlier ones. */
export const importMessages: Statement = {
  name: 'import_messages',
  text: `
    WITH given AS MATERIALIZED (
      SELECT * FROM json_to_recordset($2) AS g (
        id uuid, parent_id uuid, seq integer, branch integer, parent_branch integer, fork_seq integer, role text,
        content text, status text, model text, finish_reason text, tokens_used integer, usage jsonb, source text,
        metadata jsonb, created_at timestamptz, completed_at timestamptz, rating text, comment text)
    ), added AS (
      INSERT INTO messages (id, conversation_id, owner, parent_id, seq, branch, role, content, status, model, finish_reason,
        tokens_used, usage, source, metadata, created_at, completed_at)
      SELECT id, $1, $3, parent_id, seq, branch, role, content, status, model, finish_reason, tokens_used, usage, source,
        metadata, coalesce(created_at, now()), coalesce(completed_at, created_at, now())
      FROM given
    ), forked AS (
      INSERT INTO branches (conversation_id, owner, branch, parent_branch, fork_seq)
      SELECT $1, $3, branch, parent_branch, fork_seq FROM given WHERE fork_seq IS NOT NULL
    )
    INSERT INTO feedback (message_id, owner, rating, comment)
    SELECT id, $3, rating, comment FROM given WHERE rating IS NOT NULL`,
};
