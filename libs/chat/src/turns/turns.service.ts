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

/** Takes turns: once {@link begin} has resolved, the turn is committed and its run is under way. */
@Injectable()
export class Turns {
  #isDraining = false;
  /** Turns that are being taken. */
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
    known: EarlierTurns,
    runs: Runs,
    cancellations: Cancellations,
    bell: ConversationNotifier,
    llm: LlmClient,
    ids: Ids,
    @Inject(CHAT_OPTIONS) options: ChatOptions,
  ) {
    this.#store = store;
    this.#earlier = known;
    this.#runs = runs;
    this.#cancellations = cancellations;
    this.#notifier = bell;
    this.#llm = llm;
    this.#ids = ids;
    this.#options = options;
  }

  /** From now on every turn is refused: the server is about to stop. */
  stopAccepting(): void {
    this.#isDraining = true;
  }

  /**
   * @throws what {@link begin} throws before it stores anything: Problem 503 while the server stops, LlmQueueFullError,
   * LlmOwnerLimitError
   */
  admit(owner: string): void {
    if (this.#isDraining) throw unavailable('shutting_down', 'This server is about to stop.');
    this.#llm.admit(owner);
  }

  /** Resolves when the turns that are being taken are under way, or refused. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#beginning);
  }

  /**
   * Takes a turn, or finds it if it was taken before.
   * @param answered the message that is answered once more; left out for a new one
   * @throws Problem 404 without such a conversation, 400 for a parent that is not in it, 409 while it is busy or for a
   * message id that is taken, 422 for an idempotency key of another request, 503 while the server stops;
   * LlmQueueFullError if the queue for the LLM is full, LlmOwnerLimitError if this owner's share of it is: refused now
   * rather than stored as work that fails
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

  async #begin(request: TurnRequest, answered: Message | undefined): Promise<FollowableRun> {
    const row = this.#rowOf(request);
    const begun = await this.#storeTurn(row);
    if (begun === undefined || begun.seq === null) {
      const known = await this.#earlier.find(request);
      if (known === undefined) throw refusal(row, begun);
      return known;
    }
    const run = this.#runs.start(row.owner, turnOf(row, begun, begun.seq, answered), request.generation);
    this.#notifier.notify(row.conversation_id);
    if (begun.is_queued && request.onBusy === 'interrupt') await this.#cancellations.cancelBefore(run);
    return run;
  }

  /** Undefined: another message has the id that the caller chose. */
  async #storeTurn(row: TurnRow): Promise<TurnRowResult | undefined> {
    try {
      return await this.#store.begin(row);
    } catch (error) {
      if ((error as { constraint?: unknown }).constraint === 'messages_pkey') return undefined;
      throw error;
    }
  }

  #rowOf({ userMessage, parentId, ...generation }: TurnRequest): TurnRow {
    return {
      conversation_id: generation.conversationId ?? this.#ids.next(),
      owner: generation.owner,
      is_new: generation.conversationId === undefined,
      title: userMessage === undefined ? null : titleOf(userMessage.content),
      is_parent_given: parentId !== undefined,
      parent_id: parentId ?? null,
      user_id: userMessage === undefined ? null : (userMessage.id ?? this.#ids.next()),
      content: userMessage?.content ?? null,
      metadata: generation.generation.metadata,
      reply_id: this.#ids.next(),
      run_id: this.#ids.next(),
      request: generation.generation,
      on_busy: generation.onBusy,
      max_queued: chatDefaults.maxQueuedRuns,
      idempotency_key: generation.idempotency?.key ?? null,
      request_hash: generation.idempotency?.hash ?? null,
      lease_ms: this.#options.leaseMs ?? chatDefaults.leaseMs,
    };
  }
}

/** Why nothing was written. */
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

/** What the database now holds, without asking it again. */
function turnOf(row: TurnRow, begun: TurnRowResult, seq: number, answered: Message | undefined): Turn {
  const { created_at } = begun;
  const { conversation_id } = row;
  const status = begun.is_queued ? 'queued' : 'in_progress';
  const notAnswered = { model: null, finish_reason: null, tokens_used: null, usage: null, source: null };
  const user: Message = answered ?? {
    id: row.user_id!,
    conversation_id,
    parent_id: begun.parent_id,
    seq,
    role: 'user',
    content: row.content!,
    status: 'completed',
    ...notAnswered,
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
      ...notAnswered,
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
