import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Orders the index of siblings by `seq`, so that the nearest siblings are a range of the index, whatever their number. */
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
