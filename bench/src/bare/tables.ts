/** The bare server's tables: the columns of Parley's tables that a turn sets, with the same foreign keys. */
export const tables = `
  CREATE TABLE conversations (id uuid PRIMARY KEY, title text, created_at timestamptz NOT NULL DEFAULT now());
  CREATE TABLE messages (
    id uuid PRIMARY KEY, conversation_id uuid NOT NULL REFERENCES conversations, seq integer NOT NULL, role text NOT NULL,
    content text NOT NULL, status text NOT NULL, model text, finish_reason text, tokens_used integer, metadata jsonb,
    created_at timestamptz NOT NULL DEFAULT now(), completed_at timestamptz);
  CREATE TABLE runs (
    id uuid PRIMARY KEY, conversation_id uuid NOT NULL REFERENCES conversations, message_id uuid NOT NULL,
    status text NOT NULL, created_at timestamptz NOT NULL DEFAULT now(), finished_at timestamptz);`;

/** Inserts the conversation, the user's message, the empty answer and the run. */
export const beginTurn = {
  name: 'begin_turn',
  text: `
    WITH opened AS (
      INSERT INTO conversations (id, title) VALUES ($1, $2)
    ), sent AS (
      INSERT INTO messages (id, conversation_id, seq, role, content, status) VALUES
        ($3, $1, 1, 'user', $4, 'completed'), ($5, $1, 2, 'assistant', '', 'in_progress')
    )
    INSERT INTO runs (id, conversation_id, message_id, status) VALUES ($6, $1, $5, 'in_progress')`,
};

/** Stores the answer and ends the run. */
export const finishTurn = {
  name: 'finish_turn',
  text: `
    WITH answered AS (
      UPDATE messages SET content = $2, model = $3, finish_reason = $4, tokens_used = $5, metadata = $6,
        status = 'completed', completed_at = now()
      WHERE id = $1
    )
    UPDATE runs SET status = 'completed', finished_at = now() WHERE id = $7`,
};
