import { parseTimestamp } from '#problems';
import { titleOf } from '../model/title.js';
import { type ExportedMessage } from './exported-conversation.js';
import { MessageTree } from './message-tree.js';
import { type RowChunks } from './row-chunks.js';

/** Characters at the beginning of a message from which the title is made. */
const titleChars = 4_096;

/** Converts the messages of an imported conversation to rows. */
export class ImportRows {
  readonly #tree = new MessageTree();
  /** The new ids of the messages, by their index in the list. */
  readonly #ids: string[] = [];
  #title: string | null = null;
  #leaf: { id: string; branch: number } | undefined;

  readonly #conversationId: string;
  readonly #nextId: () => string;
  readonly #chunks: RowChunks;

  /**
   * @param nextId generates the new ids of the messages
   * @param chunks receives the rows
   */
  constructor(conversationId: string, nextId: () => string, chunks: RowChunks) {
    this.#conversationId = conversationId;
    this.#nextId = nextId;
    this.#chunks = chunks;
  }

  /** The number of messages. */
  get count(): number {
    return this.#ids.length;
  }

  /** The title from the first user message; null without one. */
  get title(): string | null {
    return this.#title;
  }

  /** The last message, the parent of the next one. */
  get leaf(): { id: string; branch: number } | undefined {
    return this.#leaf;
  }

  /** Adds a valid message. @throws Problem 400 if its parent is unknown, or its id is not unique */
  add(message: ExportedMessage): void {
    const { seq, parent, branch, fork } = this.#tree.add(message);
    const id = this.#nextId();
    this.#ids.push(id);
    this.#leaf = { id, branch };
    if (this.#title === null && message.role === 'user') this.#title = titleIn(message.content);
    const row = JSON.stringify({
      ...columnsOf(message),
      id,
      conversation_id: this.#conversationId,
      parent_id: parent === undefined ? null : this.#ids[parent],
      seq,
      branch,
      parent_branch: fork?.parentBranch ?? null,
      fork_seq: fork?.seq ?? null,
    });
    this.#chunks.add(row);
  }
}

/** An answer that was being generated during the export becomes `incomplete`. */
function columnsOf(message: ExportedMessage) {
  const { status = 'completed', feedback, metadata, created_at, completed_at, ...columns } = message;
  return {
    ...columns,
    metadata: metadata ?? {},
    status: status === 'queued' || status === 'in_progress' ? 'incomplete' : (status ?? 'completed'),
    rating: feedback?.rating ?? null,
    comment: feedback?.comment ?? null,
    created_at: isoTimestamp(created_at),
    completed_at: isoTimestamp(completed_at),
  };
}

/** The timestamp as ISO 8601 in UTC; null if there is none. */
export function isoTimestamp(text: string | null | undefined): string | null {
  return text ? (parseTimestamp(text)?.toISOString() ?? null) : null;
}

function titleIn(content: string): string | null {
  const beginning = content.trimStart().slice(0, titleChars).toWellFormed();
  return beginning === '' ? null : titleOf(beginning);
}
