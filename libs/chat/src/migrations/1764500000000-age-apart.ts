import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Old conversations are found by an expression that lists are not ordered by: one owner's list would else be read from the
 * conversations of all owners where the planner takes that for cheaper.
 */
export class AgeApart1764500000000 implements MigrationInterface {
  readonly name = 'AgeApart1764500000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX conversations_by_age');
    await runner.query(
      `CREATE INDEX conversations_by_age ON conversations ((updated_at AT TIME ZONE 'UTC'))`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX conversations_by_age');
    await runner.query('CREATE INDEX conversations_by_age ON conversations (updated_at)');
  }
}
