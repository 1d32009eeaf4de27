import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** The request of a run, so that another replica can generate it again; idempotency keys; queued runs; and branches of a conversation. */
export class DurableTurns1764200000000 implements MigrationInterface {
  readonly name = 'DurableTurns1764200000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE runs
        ADD COLUMN request jsonb NOT NULL DEFAULT '{"metadata": {}, "settings": {"stream": true}}',
        ADD COLUMN generation integer NOT NULL DEFAULT 1,
        ADD COLUMN crashes integer NOT NULL DEFAULT 0,
        ADD COLUMN is_handed_over boolean NOT NULL DEFAULT false`);
    await runner.query('DROP INDEX runs_by_lease');
    // No condition on the status: with one, the planner would also use this index to find single runs.
    await runner.query('CREATE INDEX runs_by_lease ON runs (lease_until) WHERE lease_until IS NOT NULL');
    await runner.query(`
      ALTER TABLE conversations
        ADD COLUMN queued_run_ids uuid[] NOT NULL DEFAULT '{}',
        ADD COLUMN leaf_branch integer NOT NULL DEFAULT 1`);
    await runner.query('ALTER TABLE messages ADD COLUMN branch integer NOT NULL DEFAULT 1');
    await runner.query('CREATE INDEX messages_by_parent ON messages (parent_id)');
    await runner.query(
      'CREATE INDEX first_messages ON messages (conversation_id, seq) WHERE parent_id IS NULL',
    );
    await runner.query(`
      CREATE TABLE branches (
        conversation_id uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
        branch integer NOT NULL,
        parent_branch integer NOT NULL,
        fork_seq integer NOT NULL,
        PRIMARY KEY (conversation_id, branch)
      )`);
    await runner.query(`
      CREATE TABLE idempotency_keys (
        owner text NOT NULL,
        key text NOT NULL,
        request_hash text NOT NULL,
        conversation_id uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
        run_id uuid NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (owner, key)
      )`);
    await runner.query('CREATE INDEX idempotency_keys_by_conversation ON idempotency_keys (conversation_id)');
    await runner.query('CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE idempotency_keys, branches');
    await runner.query('DROP INDEX messages_by_parent, first_messages, runs_by_lease');
    await runner.query('ALTER TABLE messages DROP COLUMN branch');
    await runner.query('ALTER TABLE conversations DROP COLUMN queued_run_ids, DROP COLUMN leaf_branch');
    await runner.query(`
      ALTER TABLE runs
        DROP COLUMN request, DROP COLUMN generation, DROP COLUMN crashes, DROP COLUMN is_handed_over`);
    await runner.query(`CREATE INDEX runs_by_lease ON runs (lease_until) WHERE status = 'in_progress'`);
  }
}
