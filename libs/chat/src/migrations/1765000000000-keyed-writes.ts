import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Idempotency keys of writes without a run, and of requests that clients repeat without a key. */
export class KeyedWrites1765000000000 implements MigrationInterface {
  readonly name = 'KeyedWrites1765000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE idempotency_keys
        ALTER COLUMN run_id DROP NOT NULL,
        ADD COLUMN message_ids uuid[] NOT NULL DEFAULT '{}'`);
    await runner.query(`
      CREATE INDEX idempotency_keys_by_request ON idempotency_keys (owner, request_hash)
      WHERE key LIKE 'retry:%'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX idempotency_keys_by_request');
    await runner.query('DELETE FROM idempotency_keys WHERE run_id IS NULL');
    await runner.query(
      'ALTER TABLE idempotency_keys DROP COLUMN message_ids, ALTER COLUMN run_id SET NOT NULL',
    );
  }
}
