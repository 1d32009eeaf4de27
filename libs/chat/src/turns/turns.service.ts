import { Inject, Injectable } from '@nestjs/common';
import { LlmClient } from '#llm';
import { conflict, notFound, unavailable, validationFailed } from '#problems';
import { CHAT_OPTIONS } from '../options/chat.module-definition.js';
import { chatDefaults, type ChatOptions } from '../options/chat-options.js';
import { titleOf } from '../model/title.js';
import { Ids } from '../model/ids.js';
import { Cancellations } from '../runs/generation/cancellations.js';
import { type FollowableRun } from '../model/followable-run.js';
import { Runs } from '../runs/generation/runs.service.js';
import { ConversationNotifier } from '../notify/conversation-notifier.js';
import { EarlierTurns, messageIdTaken } from './earlier-turns.js';
import { type TurnRowResult, type TurnRow } from '../store/turn-row.js';
import { TurnStore } from '../store/turn-store.js';
import { type Message } from '../model/message.entity.js';
import { type Turn, type TurnRequest } from '../model/turn.js';

/** Begins turns: once {@link begin} has resolved, the turn is committed and its run has started. */
@Injectable()
export class Turns {
  #isDraining = false;
  /** Turns that are being stored. */
  readonly #beginning = new Set<Promise<FollowableRun>>();

  readonly #earlier: EarlierTurns;
  readonly #runs: Runs;
  readonly #cancellations: Cancellations;
  readonly #notifier: ConversationNotifier;
  readonly #llm: LlmClient;
  readonly #ids: Ids;
  readonly #options: ChatOptions;
  readonly #store: TurnStore;

  constructor(
    store: TurnStore,
    earlier: EarlierTurns,
    runs: Runs,
    cancellations: Cancellations,
    notifier: ConversationNotifier,
    llm: LlmClient,
    ids: Ids,
    @Inject(CHAT_OPTIONS) options: ChatOptions,
  ) {
    this.#store = store;
    this.#earlier = earlier;
    this.#runs = runs;
    this.#cancellations = cancellations;
    this.#notifier = notifier;
    this.#llm = llm;
    this.#ids = ids;
    this.#options = options;
  }

  /** From now on every turn is refused, because the server is about to stop. */
  stopAccepting(): void {
    this.#isDraining = true;
  }

  /**
   * Checks whether a turn would be refused now.
   * @throws Problem 503 `shutting_down` while the server stops; LlmQueueFullError; LlmOwnerLimitError
   */
  admit(owner: string): void {
    if (this.#isDraining) throw unavailable('shutting_down', 'This server is about to stop.');
    this.#llm.admit(owner);
  }

  /** Resolves when the runs of all turns that are being stored have started, or the turns were refused. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#beginning);
  }

  /**
   * Stores a turn and starts its run, or finds the run if the same request was sent before.
   * @param answered the user's message if it is answered again; left out for a new message
   * @throws Problem 404 if the owner has no such conversation; 400 if the parent is not in it; 409 while it is busy, and
   * for a message id that is in use; 422 for an idempotency key of a different request; 503 while the server stops;
   * LlmQueueFullError if the queue for the LLM is full, and LlmOwnerLimitError if this owner's share of it is: such a turn
   * is not stored
   */
  async begin(request: TurnRequest, answered?: Message): Promise<FollowableRun> {
    this.admit(request.owner);
    const beginning = this.#begin(request, answered);
    this.#beginning.add(beginning);
    try {
      return await beginning;
    } finally {
      this.#beginning.delete(beginning);
    }
  }

  /**
   * The run of an earlier request that is the same as this one; undefined if there is none.
   * @throws Problem 422 for an idempotency key of a different request
   */
  findEarlier(request: Pick<TurnRequest, 'owner' | 'idempotency'>): Promise<FollowableRun | undefined> {
    return this.#earlier.find(request);
  }

  async #begin(request: TurnRequest, answered: Message | undefined): Promise<FollowableRun> {
    const row = this.#rowOf(request);
    const stored = await this.#storeTurn(row);
    if (stored === undefined || stored.seq === null) {
      const earlier = await this.#earlier.find(request);
      if (earlier === undefined) throw refusal(row, stored);
      return earlier;
    }
    const run = this.#runs.start(row.owner, turnOf(row, stored, stored.seq, answered), request.generation);
    this.#notifier.notify(row.conversation_id);
    if (stored.is_queued && request.onBusy === 'interrupt') await this.#cancellations.cancelBefore(run);
    return run;
  }

  /** Undefined if another message has the id that the client chose. */
  async #storeTurn(row: TurnRow): Promise<TurnRowResult | undefined> {
    try {
      return await this.#store.begin(row);
    } catch (error) {
      if ((error as { constraint?: unknown }).constraint === 'messages_pkey') return undefined;
      throw error;
    }
  }

  #rowOf({ userMessage, parentId, ...request }: TurnRequest): TurnRow {
    return {
      conversation_id: request.conversationId ?? this.#ids.next(),
      owner: request.owner,
      is_new: request.conversationId === undefined,
      title: userMessage === undefined ? null : titleOf(userMessage.content),
      is_parent_given: parentId !== undefined,
      parent_id: parentId ?? null,
      user_id: userMessage === undefined ? null : (userMessage.id ?? this.#ids.next()),
      content: userMessage?.content ?? null,
      metadata: request.generation.metadata,
      reply_id: this.#ids.next(),
      run_id: this.#ids.next(),
      request: request.generation,
      on_busy: request.onBusy,
      max_queued: chatDefaults.maxQueuedRuns,
      idempotency_key: request.idempotency?.key ?? null,
      request_hash: request.idempotency?.hash ?? null,
      lease_ms: this.#options.leaseMs ?? chatDefaults.leaseMs,
    };
  }
}

/** The error for a turn of which nothing was written. */
function refusal({ conversation_id, user_id }: TurnRow, begun: TurnRowResult | undefined): Error {
  if (begun === undefined) return messageIdTaken(user_id ?? '');
  if (!begun.has_conversation) return notFound('conversation', conversation_id);
  if (!begun.has_parent) {
    return validationFailed([
      { field: 'parent_id', code: 'is_in_conversation', detail: 'must be a message of this conversation' },
    ]);
  }
  const fields = { active_run_id: begun.active_run_id };
  if (begun.is_queue_full) {
    return conflict(
      'conversation_queue_full',
      'As many messages as may wait in this conversation are waiting.',
      {
        retryable: true,
        fields,
      },
    );
  }
  return conflict('conversation_busy', 'An answer is being generated in this conversation.', {
    retryable: true,
    fields,
  });
}

/** The turn as it was stored. */
function turnOf(row: TurnRow, begun: TurnRowResult, seq: number, answered: Message | undefined): Turn {
  const { created_at } = begun;
  const { conversation_id } = row;
  const status = begun.is_queued ? 'queued' : 'in_progress';
  const noAnswer = { model: null, finish_reason: null, tokens_used: null, usage: null, source: null };
  const user: Message = answered ?? {
    id: row.user_id!,
    conversation_id,
    parent_id: begun.parent_id,
    seq,
    role: 'user',
    content: row.content!,
    status: 'completed',
    ...noAnswer,
    run_id: null,
    metadata: row.metadata,
    created_at,
    completed_at: created_at,
  };
  return {
    owner: row.owner,
    user,
    reply: {
      id: row.reply_id,
      conversation_id,
      parent_id: user.id,
      seq: answered === undefined ? seq + 1 : seq,
      role: 'assistant',
      content: '',
      status,
      ...noAnswer,
      run_id: row.run_id,
      metadata: {},
      created_at,
      completed_at: null,
    },
    run: {
      id: row.run_id,
      conversation_id,
      message_id: row.reply_id,
      status,
      error: null,
      attempts: [],
      created_at,
      finished_at: null,
    },
    fence: 1,
  };
}
