import { Database, type Statement } from '#database';
import { Injectable } from '@nestjs/common';
import { notFound, validationFailed } from '#problems';
import { ChatObserver } from '../model/chat-observer.js';
import { RunLocator } from '../runs/following/run-locator.js';
import { type ConversationPosition, parseConversationPosition } from '../model/conversation-position.js';
import { ConversationEventSource, type ConversationStreamStart } from './conversation-event-source.js';
import { type EventSource } from './event-source.js';
import { endOfRun } from '../model/run-position.js';
import { ConversationNotifier } from '../notify/conversation-notifier.js';

const findStartSeqs: Statement = {
  name: 'where_to_begin',
  text: `
    SELECT c.next_seq, asked.seq AS asked_seq, active.seq AS active_seq
    FROM conversations c
    LEFT JOIN messages asked ON asked.conversation_id = c.id AND asked.id = (SELECT message_id FROM runs WHERE id = $3)
    LEFT JOIN messages active
      ON active.conversation_id = c.id AND active.id = (SELECT message_id FROM runs WHERE id = c.active_run_id)
    WHERE c.id = $1 AND c.owner = $2`,
};

interface StartRow extends Record<string, unknown> {
  next_seq: number;
  asked_seq: number | null;
  active_seq: number | null;
}

/** Opens the events of all runs of a conversation, from a position on. */
@Injectable()
export class ConversationEvents {
  readonly #database: Database;
  readonly #runs: RunLocator;
  readonly #notifier: ConversationNotifier;
  readonly #observer: ChatObserver;

  constructor(database: Database, runs: RunLocator, notifier: ConversationNotifier, observer: ChatObserver) {
    this.#database = database;
    this.#runs = runs;
    this.#notifier = notifier;
    this.#observer = observer;
  }

  /**
   * Finds where a stream begins.
   * @param position the id of the last event that the reader has received; empty: begin with the active run, or with
   * the next one
   * @param field the name of the query parameter or header that contained the position, for the error
   * @throws Problem 404 if the owner has no such conversation; 400 if the position is not in it
   */
  async findStart(
    owner: string,
    id: string,
    position: string,
    field: string,
  ): Promise<ConversationStreamStart> {
    const asked = position === '' ? undefined : parseConversationPosition(position);
    const [beginning] = await this.#database
      .forOwner(owner)
      .query<StartRow>(findStartSeqs, [id, owner, asked?.runId ?? null]);
    if (beginning === undefined) throw notFound('conversation', id);
    if (position === '') {
      return {
        owner,
        conversationId: id,
        afterSeq: (beginning.active_seq ?? beginning.next_seq) - 1,
        after: undefined,
      };
    }
    if (asked === undefined || beginning.asked_seq === null) throw notAPosition(field);
    return { owner, conversationId: id, ...startAfter(asked, beginning.asked_seq) };
  }

  /**
   * Opens the events of a conversation.
   * @param isOperator whether the reader may see addresses of LLM servers
   */
  open(start: ConversationStreamStart, isOperator: boolean): EventSource {
    const services = {
      database: this.#database,
      runs: this.#runs,
      notifier: this.#notifier,
      observer: this.#observer,
    };
    return new ConversationEventSource(start, isOperator, services);
  }
}

function startAfter(
  { after }: ConversationPosition,
  seq: number,
): Pick<ConversationStreamStart, 'afterSeq' | 'after'> {
  return after === endOfRun ? { afterSeq: seq, after: undefined } : { afterSeq: seq - 1, after };
}

function notAPosition(field: string): Error {
  return validationFailed([
    {
      field,
      code: 'is_event_id',
      detail: 'must be the id of an event of this conversation, such as RUN:1.17',
    },
  ]);
}
