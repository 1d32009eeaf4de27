import { jsonPieces, pieceChars, SharedPacer, sliceText } from '#backpressure';
import { Database, type Statement } from '#database';
import { Injectable } from '@nestjs/common';
import { Readable } from 'node:stream';
import { type Conversation } from '../model/conversation.entity.js';
import { Conversations } from '../conversations/conversations.service.js';
import { branchRanges } from '../store/branch-ranges.js';
import { exportFormat, type ExportedMessage } from './exported-conversation.js';
import { transferLimits } from './transfer-limits.js';
import { TransferSlots } from './transfer-slots.js';

const { pageRows, pageBytes } = transferLimits;

const columns = `m.id, m.parent_id, m.role, m.content, m.status, m.model, m.finish_reason, m.tokens_used, m.usage, m.source,
  m.metadata, m.created_at, m.completed_at`;

/**
 * SQL for the first rows whose texts fit on a page, at least one. `found` is the number of rows before that limit.
 * PostgreSQL knows the length of a stored text without reading it.
 */
const page = (rows: string): string => `
    SELECT *, count(*) OVER ()::integer AS found,
      sum(octet_length(content)) OVER (ORDER BY seq) - octet_length(content) AS bytes_before
    FROM (${rows} ORDER BY seq LIMIT ${pageRows}) AS rows`;

const everyMessage: Statement = {
  name: 'export_messages',
  text: `
    SELECT m.seq, m.found, ${columns},
      CASE WHEN f.message_id IS NOT NULL THEN json_build_object('rating', f.rating, 'comment', f.comment) END AS feedback
    FROM (${page('SELECT * FROM messages WHERE conversation_id = $1 AND seq > $2')}) m
    LEFT JOIN feedback f ON f.message_id = m.id
    WHERE m.bytes_before < ${pageBytes} ORDER BY m.seq`,
};

const newestBranch: Statement = {
  name: 'export_branch',
  text: `
    WITH RECURSIVE branch_ranges AS (${branchRanges(
      'SELECT m.conversation_id, m.branch, m.seq FROM conversations c JOIN messages m ON m.id = c.leaf_id WHERE c.id = $1',
    )})
    SELECT m.seq, m.found, m.role, m.content FROM (${page(`
      SELECT r.seq, r.role, r.content FROM branch_ranges s CROSS JOIN LATERAL (
        SELECT seq, role, content FROM messages
        WHERE conversation_id = $1 AND seq BETWEEN s.first_seq AND s.last_seq AND seq > $2
        ORDER BY seq LIMIT ${pageRows}
      ) r`)}) m
    WHERE m.bytes_before < ${pageBytes} ORDER BY m.seq`,
};

type Row = ExportedMessage & { seq: number; found: number } & Record<string, unknown>;

/** Exports conversations as documents. They are read from the database page by page, only as fast as the client reads. */
@Injectable()
export class Exports {
  readonly #database: Database;
  readonly #conversations: Conversations;
  readonly #slots: TransferSlots;
  readonly #pacer: SharedPacer;

  constructor(database: Database, conversations: Conversations, slots: TransferSlots, pacer: SharedPacer) {
    this.#database = database;
    this.#conversations = conversations;
    this.#slots = slots;
    this.#pacer = pacer;
  }

  /**
   * Exports a conversation as a stream of bytes: `json` has all branches and can be imported; `markdown` has the newest
   * branch, for readers.
   * @throws Problem 404; 429 `too_many_exports`; 503 `exports_busy`
   */
  async open(owner: string, id: string, format: 'json' | 'markdown'): Promise<Readable> {
    const release = this.#slots.forExport(owner);
    try {
      const conversation = await this.#conversations.read(owner, id);
      const text =
        format === 'json' ? this.#json(owner, id, conversation) : this.#markdown(owner, id, conversation);
      return Readable.from(text, { objectMode: false }).once('close', release);
    } catch (error) {
      release();
      throw error;
    }
  }

  async *#json(owner: string, id: string, { title, metadata }: Conversation): AsyncGenerator<string, void> {
    const head = JSON.stringify({ format: exportFormat, title, metadata });
    yield `${head.slice(0, -1)},"messages":[`;
    let before = '';
    for await (const rows of this.#pages(everyMessage, owner, id)) {
      for (const message of rows) {
        // In pieces: encoding a long message as a whole would block the event loop and need memory for its copies.
        for (const piece of jsonPieces({ ...message, seq: undefined, found: undefined })) {
          yield before + (await piece);
          before = '';
          await this.#pacer.step();
        }
        before = ',';
      }
    }
    yield ']}\n';
  }

  async *#markdown(owner: string, id: string, { title }: Conversation): AsyncGenerator<string, void> {
    yield `# ${title ?? 'Conversation'}\n`;
    for await (const rows of this.#pages(newestBranch, owner, id)) {
      for (const { role, content } of rows) {
        const text = content.trim();
        yield `\n## ${role === 'user' ? 'User' : 'Assistant'}\n\n`;
        for (let from = 0; from < text.length;) {
          const slice = sliceText(text, from, pieceChars);
          from += slice.length;
          yield slice;
          await this.#pacer.step();
        }
        yield '\n';
      }
    }
  }

  async *#pages(statement: Statement, owner: string, id: string): AsyncGenerator<Row[], void> {
    for (let seq = 0; ;) {
      const rows = await this.#database.forOwner(owner).query<Row>(statement, [id, seq]);
      const [first] = rows;
      if (first === undefined) return;
      yield rows;
      if (first.found < pageRows && rows.length === first.found) return;
      seq = rows.at(-1)!.seq;
    }
  }
}
