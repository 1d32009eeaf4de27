import { Inject, Injectable } from '@nestjs/common';
import { LlmClient } from '#llm';
import { conflict, notFound, unavailable } from '#problems';
import { CHAT_OPTIONS } from '../chat.module-definition.js';
import { chatDefaults, type ChatOptions } from '../chat-options.js';
import { titleOf } from '../conversations/title.js';
import { Ids } from '../ids/ids.js';
import { type LiveRun } from '../runs/live-run.js';
import { Runs } from '../runs/runs.service.js';
import { type BegunTurn, type TurnRow } from './begin-turns.js';
import { TurnStore } from './turn-store.js';
import { type Turn, type TurnRequest } from './turn.js';

/** Takes turns: once {@link begin} has resolved, the turn is committed and its run is under way. */
@Injectable()
export class Turns {
  #isDraining = false;

  constructor(
    private readonly store: TurnStore,
    private readonly runs: Runs,
    private readonly llm: LlmClient,
    private readonly ids: Ids,
    @Inject(CHAT_OPTIONS) private readonly options: ChatOptions,
  ) {}

  /** From now on every turn is refused: the server is about to stop. */
  refuse(): void {
    this.#isDraining = true;
  }

  /**
   * @throws Problem 404 without such a conversation, 409 while it has an active run, 503 while the server stops;
   * LlmQueueFullError when the LLM has too much to do already: better said now than stored as work that fails
   */
  async begin(request: TurnRequest): Promise<LiveRun> {
    if (this.#isDraining) throw unavailable('shutting_down', 'This server is about to stop.');
    this.llm.admit();
    const row = this.#rowOf(request);
    const begun = await this.store.begin(row);
    if (begun.seq === null) throw refusal(row.conversation_id, begun);
    return this.runs.start(turnOf(row, begun, begun.seq), request);
  }

  #rowOf(request: TurnRequest): TurnRow {
    return {
      conversation_id: request.conversationId ?? this.ids.next(),
      owner: request.owner,
      is_new: request.conversationId === undefined,
      title: titleOf(request.content),
      user_id: this.ids.next(),
      reply_id: this.ids.next(),
      run_id: this.ids.next(),
      content: request.content,
      metadata: request.metadata,
      lease_ms: this.options.leaseMs ?? chatDefaults.leaseMs,
    };
  }
}

function refusal(conversationId: string, { active_run_id }: BegunTurn): Error {
  if (active_run_id === null) return notFound('conversation', conversationId);
  return conflict('conversation_busy', 'An answer is being generated in this conversation.', {
    retryable: true,
    fields: { active_run_id },
  });
}

/** What the database now holds, without asking it again. */
function turnOf(row: TurnRow, begun: BegunTurn, seq: number): Turn {
  const { created_at } = begun;
  const { conversation_id } = row;
  const notAnswered = { model: null, finish_reason: null, tokens_used: null, usage: null, source: null };
  return {
    user: {
      id: row.user_id,
      conversation_id,
      parent_id: begun.parent_id,
      seq,
      role: 'user',
      content: row.content,
      status: 'completed',
      ...notAnswered,
      run_id: null,
      metadata: row.metadata,
      created_at,
      completed_at: created_at,
    },
    reply: {
      id: row.reply_id,
      conversation_id,
      parent_id: row.user_id,
      seq: seq + 1,
      role: 'assistant',
      content: '',
      status: 'in_progress',
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
      status: 'in_progress',
      error: null,
      attempts: [],
      created_at,
      finished_at: null,
    },
    fence: 1,
  };
}
