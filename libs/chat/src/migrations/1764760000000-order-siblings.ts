import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** The siblings of a message in their order, so that the nearest ones are a range of the index, however many there are. */
export class OrderSiblings1764760000000 implements MigrationInterface {
  readonly name = 'OrderSiblings1764760000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX messages_by_parent');
    await runner.query('CREATE INDEX messages_by_parent ON messages (parent_id, seq)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX messages_by_parent');
    await runner.query('CREATE INDEX messages_by_parent ON messages (parent_id)');
  }
}
