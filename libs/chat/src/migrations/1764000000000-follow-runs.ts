import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** What other replicas need to follow a run and to cancel it: its text so far, and the time of a cancel request. */
export class FollowRuns1764000000000 implements MigrationInterface {
  readonly name = 'FollowRuns1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE runs
        ADD COLUMN text_attempt integer NOT NULL DEFAULT 1,
        ADD COLUMN cancel_requested_at timestamptz`);
    await runner.query(`
      CREATE TABLE run_pieces (
        run_id uuid NOT NULL REFERENCES runs ON DELETE CASCADE,
        attempt integer NOT NULL,
        char_offset integer NOT NULL,
        content text NOT NULL,
        PRIMARY KEY (run_id, attempt, char_offset)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE run_pieces');
    await runner.query('ALTER TABLE runs DROP COLUMN text_attempt, DROP COLUMN cancel_requested_at');
  }
}
