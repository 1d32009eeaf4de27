import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** An index to find the branches that fork after a message. */
export class FindForks1764300000000 implements MigrationInterface {
  readonly name = 'FindForks1764300000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE INDEX branches_by_parent ON branches (conversation_id, parent_branch, fork_seq)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX branches_by_parent');
  }
}
