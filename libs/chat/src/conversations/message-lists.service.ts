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
   * Reads a page of one branch, by default the newest one, or of all messages.
   * @throws Problem 404 if the owner has no such conversation, or if `after` or `before` is not in the list; 400 if `leaf`
   * or `through` is not in the conversation
   */
  async list(owner: string, conversationId: string, query: MessageSelection): Promise<Page<ListedMessage>> {
    const anchorId = query.after ?? query.before;
    const found = await readMessagePage(this.#database, {
      conversationId,
      owner,
      leafId: await this.#leafOf(owner, conversationId, query),
      hasAllBranches: query.leaf === everyMessage,
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

  /** The id of the last message of the branch to list; undefined for the newest branch and for all messages. */
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
