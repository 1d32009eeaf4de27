import { Database } from '#database';
import { Injectable } from '@nestjs/common';
import { notFound, page, type Page, type PageQuery, type Problem, validationFailed } from '#problems';
import { readMessagePage } from '../store/message-page.js';
import { type ListedMessage } from '../model/message.view.js';
import { newestLeafAfter } from '../store/newest-leaf.js';

/** The value of `leaf` that asks for every message of every branch. */
export const everyMessage = 'all';

/** Which messages of a conversation to list; without `leaf` and `through`: those of its newest branch. */
export interface MessageSelection extends PageQuery {
  /** The id of the message that the branch ends with, or {@link everyMessage}. */
  leaf?: string;
  /** The id of a message: its newest branch is listed. Not together with `leaf`. */
  through?: string;
}

/** Lists the messages of a conversation. */
@Injectable()
export class MessageLists {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * A page of one branch, the newest one unless the query names another, or of every message.
   * @throws Problem 404 for a conversation that is not this owner's, and for an anchor that is not in the list; 400 for a
   * branch that is not in the conversation
   */
  async list(owner: string, conversationId: string, query: MessageSelection): Promise<Page<ListedMessage>> {
    const anchorId = query.after ?? query.before;
    const found = await readMessagePage(this.#database, {
      conversationId,
      owner,
      leafId: await this.#leafOf(owner, conversationId, query),
      isWhole: query.leaf === everyMessage,
      anchorId,
      isBackwards: query.before !== undefined,
      limit: query.limit,
    });
    if (found === undefined) throw notFound('conversation', conversationId);
    if (!found.hasLeaf) throw notInConversation(query.leaf === undefined ? 'through' : 'leaf');
    if (!found.hasAnchor) {
      throw notFound(query.before === undefined ? 'item to list after' : 'item to list before', anchorId);
    }
    return page(found.messages, found.hasMore);
  }

  /** The message that the branch ends with; undefined where that goes without saying. */
  async #leafOf(
    owner: string,
    conversationId: string,
    { leaf, through }: MessageSelection,
  ): Promise<string | undefined> {
    if (through === undefined) return leaf === everyMessage ? undefined : leaf;
    return (await newestLeafAfter(this.#database, owner, conversationId, through)) ?? through;
  }
}

function notInConversation(field: string): Problem {
  return validationFailed([
    { field, code: 'is_in_conversation', detail: 'must be a message of this conversation' },
  ]);
}
