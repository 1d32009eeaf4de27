import { currentOwner, enableRowSecurity, removeRowSecurity, type RowPolicy } from '#database';
import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Tables that get a column for the owner of their conversation. */
const tablesWithOwner = ['messages', 'branches', 'feedback'];

const ofConversation = (table: string): string =>
  `(SELECT c.owner FROM conversations c WHERE c.id = ${table}.conversation_id)`;

/**
 * SQL condition for tables with an owner column, which exists because joining the conversation would cost more than the
 * rest of a page of messages. It is null in rows from before this migration; their owner is read from the conversation.
 */
const ownedByColumn = (stored: string): string =>
  `CASE WHEN owner IS NULL THEN ${stored} = ${currentOwner} ELSE owner = ${currentOwner} END`;

/** The policy of each table. A later migration adds the policies of its own tables; a test finds tables without one. */
const policies: readonly RowPolicy[] = [
  { table: 'conversations', condition: `owner = ${currentOwner}` },
  { table: 'messages', condition: ownedByColumn(ofConversation('messages')) },
  { table: 'branches', condition: ownedByColumn(ofConversation('branches')) },
  { table: 'idempotency_keys', condition: `owner = ${currentOwner}` },
  { table: 'runs', condition: `${ofConversation('runs')} = ${currentOwner}` },
  {
    table: 'run_pieces',
    condition: `(SELECT c.owner FROM runs r JOIN conversations c ON c.id = r.conversation_id WHERE r.id = run_pieces.run_id) = ${currentOwner}`,
  },
  {
    table: 'feedback',
    condition: ownedByColumn(
      '(SELECT c.owner FROM messages m JOIN conversations c ON c.id = m.conversation_id WHERE m.id = feedback.message_id)',
    ),
  },
];

/** Row-level security by owner. The new columns stay null in existing rows, so that no table is rewritten. */
export class SecureRows1764800000000 implements MigrationInterface {
  readonly name = 'SecureRows1764800000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of tablesWithOwner) await runner.query(`ALTER TABLE ${table} ADD COLUMN owner text`);
    await enableRowSecurity((sql) => runner.query(sql), policies);
  }

  async down(runner: QueryRunner): Promise<void> {
    await removeRowSecurity((sql) => runner.query(sql), policies);
    for (const table of tablesWithOwner) await runner.query(`ALTER TABLE ${table} DROP COLUMN owner`);
  }
}
