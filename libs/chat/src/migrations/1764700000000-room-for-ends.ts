import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * The end of every turn changes the row of its conversation, but nothing that is indexed: where the page has room for the
 * new row, no index is written. Full pages had none for half of the turns that 64 callers took at once.
 */
export class RoomForEnds1764700000000 implements MigrationInterface {
  readonly name = 'RoomForEnds1764700000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE conversations SET (fillfactor = 60)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE conversations RESET (fillfactor)');
  }
}
