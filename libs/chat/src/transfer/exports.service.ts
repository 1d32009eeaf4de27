import { Database, type Statement } from '#database';
import { Injectable } from '@nestjs/common';
import { Conversations } from '../conversations/conversations.service.js';
import { branchPath } from '../messages/branch-path.js';
import { exportFormat, type ExportedMessage } from './exported-conversation.js';

/** Messages that are read at once. */
const chunk = 500;

const columns = `m.id, m.parent_id, m.role, m.content, m.status, m.model, m.finish_reason, m.tokens_used, m.usage, m.source,
  m.metadata, m.created_at, m.completed_at`;

const everyMessage: Statement = {
  name: 'export_messages',
  text: `
    SELECT m.seq, ${columns},
      CASE WHEN f.message_id IS NOT NULL THEN json_build_object('rating', f.rating, 'comment', f.comment) END AS feedback
    FROM messages m LEFT JOIN feedback f ON f.message_id = m.id
    WHERE m.conversation_id = $1 AND m.seq > $2 ORDER BY m.seq LIMIT ${chunk}`,
};

const newestBranch: Statement = {
  name: 'export_branch',
  text: `
    WITH RECURSIVE stretch AS (${branchPath(
      'SELECT m.conversation_id, m.branch, m.seq FROM conversations c JOIN messages m ON m.id = c.leaf_id WHERE c.id = $1',
    )})
    SELECT m.seq, m.role, m.content FROM stretch s CROSS JOIN LATERAL (
      SELECT seq, role, content FROM messages
      WHERE conversation_id = $1 AND seq BETWEEN s.first_seq AND s.last_seq AND seq > $2 ORDER BY seq LIMIT ${chunk}
    ) m
    ORDER BY m.seq LIMIT ${chunk}`,
};

type Row = ExportedMessage & { seq: number } & Record<string, unknown>;

/** Conversations as documents, a stretch of messages after the other: none is too long. */
@Injectable()
export class Exports {
  constructor(
    private readonly database: Database,
    private readonly conversations: Conversations,
  ) {}

  /** Every branch, to be imported again. @throws Problem 404 */
  async json(owner: string, id: string): Promise<AsyncGenerator<string, void>> {
    const { title, metadata } = await this.conversations.read(owner, id);
    const head = JSON.stringify({ format: exportFormat, title, metadata });
    return this.#json(id, `${head.slice(0, -1)},"messages":[`);
  }

  /** The newest branch, to be read. @throws Problem 404 */
  async markdown(owner: string, id: string): Promise<AsyncGenerator<string, void>> {
    const { title } = await this.conversations.read(owner, id);
    return this.#markdown(id, title ?? 'Conversation');
  }

  async *#json(id: string, head: string): AsyncGenerator<string, void> {
    yield head;
    let comma = '';
    for await (const rows of this.#chunks(everyMessage, id)) {
      for (const message of rows) {
        yield comma + JSON.stringify({ ...message, seq: undefined });
        comma = ',';
      }
    }
    yield ']}\n';
  }

  async *#markdown(id: string, title: string): AsyncGenerator<string, void> {
    yield `# ${title}\n`;
    for await (const rows of this.#chunks(newestBranch, id)) {
      for (const { role, content } of rows) {
        yield `\n## ${role === 'user' ? 'User' : 'Assistant'}\n\n${content.trim()}\n`;
      }
    }
  }

  async *#chunks(statement: Statement, id: string): AsyncGenerator<Row[], void> {
    for (let seq = 0; ;) {
      const rows = await this.database.query<Row>(statement, [id, seq]);
      if (rows.length > 0) yield rows;
      if (rows.length < chunk) return;
      seq = rows.at(-1)!.seq;
    }
  }
}
