import { parseTimestamp } from '#problems';
import { titleOf } from '../model/title.js';
import { type ExportedMessage } from './exported-conversation.js';
import { MessageTree } from './message-tree.js';
import { transferLimits } from './transfer-limits.js';

/** Characters at the beginning of a message from which the title is made. */
const titleChars = 4_096;

/**
 * Converts imported messages to rows, and keeps them as JSON in buffers until all have arrived: outside the JavaScript heap,
 * in about as many bytes as were sent.
 */
export class ImportRows {
  /** JSON arrays of rows, in order. */
  readonly chunks: Buffer[] = [];
  readonly #tree = new MessageTree();
  /** The new ids of the messages, by their index in the list. */
  readonly #ids: string[] = [];
  #rows: string[] = [];
  #chars = 0;
  #title: string | null = null;
  #leaf: { id: string; branch: number } | undefined;

  readonly #nextId: () => string;

  /** @param nextId generates the new ids of the messages */
  constructor(nextId: () => string) {
    this.#nextId = nextId;
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
      parent_id: parent === undefined ? null : this.#ids[parent],
      seq,
      branch,
      parent_branch: fork?.parentBranch ?? null,
      fork_seq: fork?.seq ?? null,
    });
    this.#rows.push(row);
    this.#chars += row.length;
  }

  /** Whether the rows since the last chunk are enough for one. */
  get isChunkFull(): boolean {
    return this.#rows.length >= transferLimits.chunkRows || this.#chars >= transferLimits.chunkBytes;
  }

  /** Closes the current chunk, if it has rows. */
  endChunk(): void {
    if (this.#rows.length === 0) return;
    this.chunks.push(Buffer.from(`[${this.#rows.join(',')}]`));
    this.#rows = [];
    this.#chars = 0;
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

function isoTimestamp(text: string | null | undefined): string | null {
  return text ? (parseTimestamp(text)?.toISOString() ?? null) : null;
}

function titleIn(content: string): string | null {
  const beginning = content.trimStart().slice(0, titleChars).toWellFormed();
  return beginning === '' ? null : titleOf(beginning);
}
