import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Indexes the age of conversations by an expression that no list is ordered by. Otherwise the planner might read the list
 * of one owner from this index, which has the conversations of all owners.
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
