import { Database, type Statement } from '#database';
import { Injectable } from '@nestjs/common';
import { notFound, type Page, type PageQuery } from '#problems';
import { type Repository } from 'typeorm';
import { Ids } from '../model/ids.js';
import { LiveRuns } from '../runs/generation/live-runs.js';
import { Conversation } from '../model/conversation.entity.js';
import { type Idempotency } from '../model/turn.js';
import { KeyedWrites } from '../store/keyed-writes.js';
import { type MessageToAppend, NewestBranch } from './newest-branch.service.js';
import { readConversationPage } from '../store/conversation-page.js';

const insertConversation: Statement = {
  name: 'insert_conversation',
  text: 'INSERT INTO conversations (id, owner, title, metadata) VALUES ($1, $2, $3, $4)',
};

/** `$3` says whether there is a new title, `$4`; null as `$5` keeps the metadata. */
const updateConversation: Statement = {
  name: 'update_conversation',
  text: `
    UPDATE conversations
    SET title = CASE WHEN $3::boolean THEN $4 ELSE title END, metadata = coalesce($5::jsonb, metadata)
    WHERE id = $1 AND owner = $2 RETURNING id`,
};

/** What a caller decides about a conversation. A field that is left out keeps its value. */
export interface ConversationFields {
  /** Null: no title. */
  title?: string | null | undefined;
  metadata?: Record<string, unknown> | null | undefined;
}

/** Creates, reads, changes and deletes conversations. Every method throws Problem 404 for a conversation of another owner. */
@Injectable()
export class Conversations {
  readonly #database: Database;
  readonly #live: LiveRuns;
  readonly #ids: Ids;
  readonly #writes: KeyedWrites;
  readonly #branch: NewestBranch;

  constructor(database: Database, live: LiveRuns, ids: Ids, writes: KeyedWrites, branch: NewestBranch) {
    this.#writes = writes;
    this.#branch = branch;
    this.#database = database;
    this.#live = live;
    this.#ids = ids;
  }

  /**
   * Creates a conversation.
   * @param messages that it contains
   * @param idempotency repeats the result of an earlier request with the same key
   * @throws Problem 422 if the key was used for a different request
   */
  async create(
    owner: string,
    { title, metadata }: ConversationFields,
    messages: readonly MessageToAppend[] = [],
    idempotency?: Idempotency,
  ): Promise<Conversation> {
    const { conversationId } = await this.#writes.once(owner, idempotency, async (transaction) => {
      const id = this.#ids.next();
      await transaction.query(insertConversation, [id, owner, title ?? null, { ...metadata }]);
      if (messages.length === 0) return { conversationId: id, messageIds: [] };
      const added = await this.#branch.appendIn(transaction, owner, id, messages);
      return { conversationId: id, messageIds: added.map((message) => message.id) };
    });
    return this.read(owner, conversationId);
  }

  /** Reads a page of conversations, newest activity first. @throws Problem 404 if `after` or `before` is not this owner's */
  list(owner: string, query: PageQuery): Promise<Page<Conversation>> {
    return readConversationPage(this.#database, owner, query);
  }

  /** Reads a conversation. @throws Problem 404 */
  async read(owner: string, id: string): Promise<Conversation> {
    const conversation = await this.#rows(owner, (table) => table.findOneBy({ id, owner }));
    if (conversation === null) throw notFound('conversation', id);
    return conversation;
  }

  /**
   * Changes the fields that are given.
   * @param idempotency an earlier request with the same key has made the changes
   * @throws Problem 404; 422 if the key was used for a different request
   */
  async update(
    owner: string,
    id: string,
    changes: ConversationFields,
    idempotency?: Idempotency,
  ): Promise<Conversation> {
    if (idempotency !== undefined) {
      await this.#writes.once(owner, idempotency, async (transaction) => {
        const [updated] = await transaction.query(updateConversation, [
          id,
          owner,
          changes.title !== undefined,
          changes.title ?? null,
          changes.metadata === undefined ? null : { ...changes.metadata },
        ]);
        if (updated === undefined) throw notFound('conversation', id);
        return { conversationId: id, messageIds: [] };
      });
      return this.read(owner, id);
    }
    const given = {
      ...(changes.title === undefined ? {} : { title: changes.title }),
      ...(changes.metadata === undefined ? {} : { metadata: { ...changes.metadata } }),
    };
    if (Object.keys(given).length > 0) {
      await this.#rows(owner, (table) => table.update({ id, owner }, given));
    }
    return this.read(owner, id);
  }

  /** Deletes the conversation with everything in it, and stops its runs. @throws Problem 404 */
  async delete(owner: string, id: string): Promise<void> {
    const { affected } = await this.#rows(owner, (table) => table.delete({ id, owner }));
    if (affected === 0) throw notFound('conversation', id);
    this.#live.stopIn(id);
  }

  #rows<Result>(owner: string, work: (table: Repository<Conversation>) => Promise<Result>): Promise<Result> {
    return this.#database.forOwner(owner).repository(Conversation, work);
  }
}
