import { Database } from '#database';
import { Injectable } from '@nestjs/common';
import { notFound, type Page, type PageQuery } from '#problems';
import { type Repository } from 'typeorm';
import { Ids } from '../model/ids.js';
import { LiveRuns } from '../runs/generation/live-runs.js';
import { Conversation } from '../model/conversation.entity.js';
import { readConversationPage } from '../store/conversation-page.js';

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

  constructor(database: Database, live: LiveRuns, ids: Ids) {
    this.#database = database;
    this.#live = live;
    this.#ids = ids;
  }

  /** Creates an empty conversation. */
  async create(owner: string, { title, metadata }: ConversationFields): Promise<Conversation> {
    const id = this.#ids.next();
    await this.#rows(owner, (table) =>
      table.insert({ id, owner, title: title ?? null, metadata: { ...metadata } }),
    );
    return this.read(owner, id);
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

  /** Changes the fields that are given. @throws Problem 404 */
  async update(owner: string, id: string, changes: ConversationFields): Promise<Conversation> {
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
