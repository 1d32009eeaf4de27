import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Moves attempts into a column of their run. They are written once, at the end of the run, and read with it, so a column
 * costs less than separate rows. The type is `json`, which keeps the order of the members; no statement searches in it.
 */
export class AttemptsOfRuns1764600000000 implements MigrationInterface {
  readonly name = 'AttemptsOfRuns1764600000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE runs ADD COLUMN attempts json NOT NULL DEFAULT '[]'`);
    await runner.query(`
      UPDATE runs r SET attempts = kept.attempts
      FROM (
        SELECT run_id, json_agg(json_build_object(
          'number', number, 'route', route, 'endpoint', endpoint, 'outcome', outcome, 'error_code', error_code,
          'first_token_ms', first_token_ms, 'duration_ms', duration_ms,
          'started_at', to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) ORDER BY number
        ) AS attempts
        FROM attempts GROUP BY run_id
      ) kept
      WHERE r.id = kept.run_id`);
    await runner.query('DROP TABLE attempts');
  }

  async down(runner: QueryRunner): Promise<void> {
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
    await runner.query(`
      INSERT INTO attempts
      SELECT r.id, a.* FROM runs r CROSS JOIN LATERAL json_to_recordset(r.attempts) AS a (
        number integer, route text, endpoint text, outcome text, error_code text, first_token_ms integer,
        duration_ms integer, started_at timestamptz)`);
    await runner.query('ALTER TABLE runs DROP COLUMN attempts');
  }
}
