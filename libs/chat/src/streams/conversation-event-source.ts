import { type JsonPiece } from '#backpressure';
import { type Database, type Statement } from '#database';
import { type ChatObserver } from '../model/chat-observer.js';
import { positionPrefix } from '../model/conversation-position.js';
import { endOfRun, type RunPosition } from '../model/run-position.js';
import { type ConversationNotifier } from '../notify/conversation-notifier.js';
import { type RunLocator } from '../runs/following/run-locator.js';
import { type EventSource } from './event-source.js';
import { RunCursor } from './run-cursor.js';
import { RunSubscription } from './run-subscription.js';

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

/** Where in a conversation's sequence of runs a stream begins. */
export interface ConversationStreamStart {
  owner: string;
  conversationId: string;
  /** The runs of messages with a greater `seq` are streamed. */
  afterSeq: number;
  /** The position in the first of these runs up to which the reader has received everything. */
  after: RunPosition | typeof endOfRun | undefined;
}

/** What a {@link ConversationEventSource} reads from. */
interface Services {
  database: Database;
  runs: RunLocator;
  notifier: ConversationNotifier;
  observer: ChatObserver;
}

/**
 * The events of all runs of a conversation for one reader, one run after another. Each event id is `RUN_ID:` followed by
 * the id of the run's event. Ends when the conversation is deleted, or when the database is unavailable.
 */
export class ConversationEventSource implements EventSource {
  readonly #start: ConversationStreamStart;
  readonly #isOperator: boolean;
  readonly #services: Services;
  #afterSeq: number;
  /** The run whose events are being returned. */
  #run: RunSubscription | undefined;
  #isFinished = false;
  #listener: (() => void) | undefined;
  #unsubscribe: (() => void) | undefined;

  constructor(start: ConversationStreamStart, isOperator: boolean, services: Services) {
    this.#start = start;
    this.#isOperator = isOperator;
    this.#services = services;
    this.#afterSeq = start.afterSeq;
  }

  get isFinished(): boolean {
    return this.#isFinished;
  }

  listen(listener: () => void): void {
    this.#listener = listener;
    this.#unsubscribe = this.#services.notifier.subscribe(this.#start.conversationId, listener);
  }

  next(): JsonPiece {
    if (this.#isFinished) return '';
    const events = this.#nextEvents();
    return typeof events === 'string' ? events : events.catch((error: Error) => this.#fail(error));
  }

  interrupt(): void {
    this.#isFinished = true;
  }

  close(): void {
    this.#isFinished = true;
    this.#run?.close();
    this.#unsubscribe?.();
  }

  #nextEvents(): JsonPiece {
    if (this.#run === undefined) return this.#openNextRun();
    const events = this.#run.next();
    return typeof events === 'string'
      ? this.#orNextRun(events)
      : events.then((text) => this.#orNextRun(text));
  }

  #orNextRun(events: string): JsonPiece {
    if (events !== '' || this.#run?.isFinished !== true) return events;
    this.#run.close();
    this.#run = undefined;
    return this.#openNextRun();
  }

  async #openNextRun(): Promise<string> {
    const { owner, conversationId, afterSeq, after } = this.#start;
    const { database, runs } = this.#services;
    for (;;) {
      const [next] = await database
        .forOwner(owner)
        .query<{ run_id: string | null; seq: number }>(nextRun, [conversationId, this.#afterSeq]);
      if (next === undefined) this.#isFinished = true;
      if (this.#isFinished || next === undefined || next.run_id === null) return '';
      const id = next.run_id;
      const find = () => runs.find(owner, id);
      const run = await find();
      // Only the first run continues after the position; `endOfRun` is handled by `afterSeq`.
      const position = this.#afterSeq === afterSeq && after !== endOfRun ? after : undefined;
      this.#afterSeq = next.seq;
      if (this.#isFinished) return '';
      if (run === undefined) continue;
      this.#run = new RunSubscription(
        run,
        new RunCursor(position, positionPrefix(id), this.#isOperator),
        find,
      );
      if (this.#listener !== undefined) this.#run.listen(this.#listener);
      return this.#nextEvents();
    }
  }

  #fail(error: Error): string {
    this.#services.observer.emit('followFailed', error);
    this.#isFinished = true;
    return '';
  }
}
