import { validationFailed } from '#problems';
import { isoTimestamp, ImportRows } from './import-rows.js';
import { RowChunks } from './row-chunks.js';
import { transferLimits } from './transfer-limits.js';

/** What is stored of an imported conversation besides its messages. */
export interface ImportedHead {
  title: string | null;
  metadata?: Record<string, unknown>;
  /** ISO 8601. */
  createdAt?: string | null;
  /** ISO 8601; decides on the order of the conversations in lists. */
  updatedAt?: string | null;
}

interface Conversation extends ImportedHead {
  id: string;
  rows: ImportRows;
}

/** The rows of a document that is valid and not stored yet. */
export class ImportedDocument {
  /** The rows of all messages. */
  readonly messages = new RowChunks();
  readonly #conversations: Conversation[] = [];
  #messageCount = 0;
  readonly #nextId: () => string;

  /** @param nextId generates the new ids */
  constructor(nextId: () => string) {
    this.#nextId = nextId;
  }

  /** The ids of the conversations, in the order of the document. */
  get conversationIds(): string[] {
    return this.#conversations.map(({ id }) => id);
  }

  /** The number of messages in all conversations. */
  get messageCount(): number {
    return this.#messageCount;
  }

  /**
   * Begins a conversation.
   * @returns adds messages to it, and ends it
   */
  begin(): { rows: ImportRows; end: (head: ImportedHead) => void } {
    const id = this.#nextId();
    const rows = new ImportRows(id, this.#nextId, this.messages);
    return { rows, end: (head) => this.#end({ ...head, id, rows }) };
  }

  /** The rows of the conversations. Newest activity first; without times in the order of the document. */
  conversations(): RowChunks {
    const chunks = new RowChunks();
    const newestFirst = this.#conversations.toSorted((a, b) => compare(b.updatedAt ?? '', a.updatedAt ?? ''));
    newestFirst.forEach(({ id, rows, title, metadata, createdAt }, rank) => {
      const { leaf, count } = rows;
      chunks.add(
        JSON.stringify({
          id,
          title: title ?? rows.title,
          metadata: metadata ?? {},
          next_seq: count + 1,
          leaf_id: leaf?.id ?? null,
          leaf_branch: leaf?.branch ?? 1,
          created_at: isoTimestamp(createdAt),
          rank,
        }),
      );
      if (chunks.isFull) chunks.end();
    });
    chunks.end();
    return chunks;
  }

  #end(conversation: Conversation): void {
    this.#conversations.push(conversation);
    this.#messageCount += conversation.rows.count;
    const { maxMessages } = transferLimits;
    if (this.#messageCount > maxMessages) tooMany('messages', maxMessages);
  }
}

const compare = (a: string, b: string): number => Number(a > b) - Number(a < b);

/** @throws Problem 400 that names the bound */
export function tooMany(what: string, bound: number): never {
  throw validationFailed([
    {
      field: 'body',
      code: 'too_many_elements',
      detail: `must have at most ${bound} ${what}: divide the file`,
    },
  ]);
}
