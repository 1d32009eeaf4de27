import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Indexes to find conversations by words and by age, and the table of ratings. */
export class SearchAndFeedback1764400000000 implements MigrationInterface {
  readonly name = 'SearchAndFeedback1764400000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE INDEX conversations_by_words ON conversations USING gin ((to_tsvector('simple', coalesce(title, ''))))`,
    );
    await runner.query(
      `CREATE INDEX messages_by_words ON messages USING gin ((to_tsvector('simple', left(content, 100000))))`,
    );
    await runner.query('CREATE INDEX conversations_by_age ON conversations (updated_at)');
    await runner.query(`
      CREATE TABLE feedback (
        message_id uuid PRIMARY KEY REFERENCES messages ON DELETE CASCADE,
        rating text NOT NULL CHECK (rating IN ('up', 'down')),
        comment text,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE feedback');
    await runner.query('DROP INDEX conversations_by_age, messages_by_words, conversations_by_words');
  }
}
