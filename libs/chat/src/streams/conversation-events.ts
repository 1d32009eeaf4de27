import { Database, type Statement } from '#database';
import { Inject, Injectable } from '@nestjs/common';
import { notFound, validationFailed } from '#problems';
import { CHAT_OPTIONS } from '../options/chat.module-definition.js';
import { ChatObserver } from '../model/chat-observer.js';
import { chatDefaults, type ChatOptions } from '../options/chat-options.js';
import { type FollowableRun } from '../model/followable-run.js';
import { RunLocator } from '../runs/following/run-locator.js';
import {
  type ConversationPosition,
  parseConversationPosition,
  positionPrefix,
} from '../model/conversation-position.js';
import { heartbeatComment } from './heartbeat-comment.js';
import { RunCursor } from './run-cursor.js';
import { type RunPosition, endOfRun } from '../model/run-position.js';
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

const nextRun: Statement = {
  name: 'next_run_of_conversation',
  text: `
    SELECT c.id, m.run_id, m.seq FROM conversations c
    LEFT JOIN LATERAL (
      SELECT run_id, seq FROM messages
      WHERE conversation_id = c.id AND seq > $2 AND run_id IS NOT NULL
      ORDER BY seq LIMIT 1
    ) m ON true
    WHERE c.id = $1`,
};

interface StartRow extends Record<string, unknown> {
  next_seq: number;
  asked_seq: number | null;
  active_seq: number | null;
}

/** Where in a conversation's sequence of runs a stream begins. */
export interface ConversationStreamStart {
  owner: string;
  conversationId: string;
  /** The runs of messages with a greater `seq` are streamed. */
  afterSeq: number;
  /** The position in the first of these runs up to which the reader has received everything. */
  after: RunPosition | typeof endOfRun | undefined;
}

/** Streams the events of all runs of a conversation, one run after another, until the reader disconnects. */
@Injectable()
export class ConversationEvents {
  readonly #heartbeatMs: number;
  readonly #database: Database;
  readonly #runs: RunLocator;
  readonly #notifier: ConversationNotifier;
  readonly #observer: ChatObserver;

  constructor(
    database: Database,
    runs: RunLocator,
    notifier: ConversationNotifier,
    observer: ChatObserver,
    @Inject(CHAT_OPTIONS) options: ChatOptions,
  ) {
    this.#database = database;
    this.#runs = runs;
    this.#notifier = notifier;
    this.#observer = observer;
    this.#heartbeatMs = options.streamHeartbeatMs ?? chatDefaults.streamHeartbeatMs;
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
   * Server-sent events; each event id is `RUN_ID:` followed by the id of the run's event. Ends when the conversation is
   * deleted, when the signal is aborted, or when the database is unavailable.
   * @param isOperator whether the reader may see addresses of LLM servers
   */
  async *stream(
    { owner, conversationId, afterSeq, after }: ConversationStreamStart,
    signal: AbortSignal,
    isOperator: boolean,
  ): AsyncGenerator<string> {
    const subscription = this.#notifier.subscribe(conversationId);
    const stop = (): void => this.#notifier.notify(conversationId);
    signal.addEventListener('abort', stop, { once: true });
    try {
      // The response headers are sent with the first bytes: the client sees at once that the stream is open.
      yield heartbeatComment;
      let position = after;
      for (let seq = afterSeq; !signal.aborted;) {
        const [next] = await this.#database
          .forOwner(owner)
          .query<{ run_id: string | null; seq: number }>(nextRun, [conversationId, seq]);
        if (next === undefined) return;
        if (next.run_id === null) {
          if (!(await subscription.wait(this.#heartbeatMs))) yield heartbeatComment;
          continue;
        }
        const reader = { owner, isOperator };
        yield* this.#runEvents(reader, next.run_id, position === endOfRun ? undefined : position, signal);
        seq = next.seq;
        position = undefined;
      }
    } catch (error) {
      this.#observer.emit('followFailed', error as Error);
    } finally {
      signal.removeEventListener('abort', stop);
      subscription.close();
    }
  }

  /** Streams a run until it ends, also when another replica takes it over. */
  async *#runEvents(
    { owner, isOperator }: { owner: string; isOperator: boolean },
    id: string,
    after: RunPosition | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<string> {
    let position = after;
    while (!signal.aborted) {
      const run = await this.#runs.find(owner, id);
      if (run === undefined) return;
      const cursor = new RunCursor(run, position, positionPrefix(id), isOperator);
      yield* follow(run, cursor, this.#heartbeatMs, signal);
      if (!run.isLost) return;
      position = cursor.position;
    }
  }
}

async function* follow(
  run: FollowableRun,
  cursor: RunCursor,
  heartbeatMs: number,
  signal: AbortSignal,
): AsyncGenerator<string> {
  let wake: ((changed: boolean) => void) | undefined;
  const unlisten = run.listen(() => wake?.(true));
  const stop = (): void => wake?.(true);
  signal.addEventListener('abort', stop, { once: true });
  try {
    while (!signal.aborted) {
      const next = cursor.next();
      // An await without need could miss a change.
      const events = typeof next === 'string' ? next : await next;
      if (events !== '') yield events;
      if (cursor.isFinished) return;
      if (events !== '') continue;
      let timer: NodeJS.Timeout | undefined;
      const hasChanged = await new Promise<boolean>((resolve) => {
        wake = resolve;
        timer = setTimeout(() => resolve(false), heartbeatMs);
      });
      clearTimeout(timer);
      if (!hasChanged) yield heartbeatComment;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    unlisten();
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
