import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Conversations, their messages, the runs that generate answers, and the attempts of each run. */
export class CreateChat1763900000000 implements MigrationInterface {
  readonly name = 'CreateChat1763900000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE conversations (
        id uuid PRIMARY KEY,
        owner text NOT NULL,
        title text,
        metadata jsonb NOT NULL DEFAULT '{}',
        next_seq integer NOT NULL DEFAULT 1,
        leaf_id uuid,
        active_run_id uuid,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(
      'CREATE INDEX conversations_by_activity ON conversations (owner, updated_at DESC, id DESC)',
    );
    await runner.query(`
      CREATE TABLE messages (
        id uuid PRIMARY KEY,
        conversation_id uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
        parent_id uuid,
        seq integer NOT NULL,
        role text NOT NULL CHECK (role IN ('user', 'assistant')),
        content text NOT NULL,
        status text NOT NULL
          CHECK (status IN ('queued', 'in_progress', 'completed', 'failed', 'cancelled', 'incomplete')),
        model text,
        finish_reason text,
        tokens_used integer,
        usage jsonb,
        source text CHECK (source IN ('primary', 'fallback')),
        run_id uuid,
        metadata jsonb NOT NULL DEFAULT '{}',
        created_at timestamptz NOT NULL DEFAULT now(),
        completed_at timestamptz,
        UNIQUE (conversation_id, seq)
      )`);
    await runner.query(`
      CREATE TABLE runs (
        id uuid PRIMARY KEY,
        conversation_id uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
        message_id uuid NOT NULL,
        status text NOT NULL
          CHECK (status IN ('queued', 'in_progress', 'completed', 'failed', 'cancelled', 'incomplete')),
        error jsonb,
        fence integer NOT NULL DEFAULT 1,
        lease_until timestamptz,
        created_at timestamptz NOT NULL DEFAULT now(),
        finished_at timestamptz
      )`);
    await runner.query('CREATE INDEX runs_by_conversation ON runs (conversation_id)');
    await runner.query(`CREATE INDEX runs_by_lease ON runs (lease_until) WHERE status = 'in_progress'`);
    await runner.query(`
      CREATE TABLE attempts (
        run_id uuid NOT NULL REFERENCES runs ON DELETE CASCADE,
        number integer NOT NULL,
        route text NOT NULL,
        endpoint text NOT NULL,
        outcome text NOT NULL CHECK (outcome IN ('succeeded', 'failed', 'cancelled')),
        error_code text,
        first_token_ms integer,
        duration_ms integer NOT NULL,
        started_at timestamptz NOT NULL,
        PRIMARY KEY (run_id, number)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE attempts, runs, messages, conversations');
  }
}
