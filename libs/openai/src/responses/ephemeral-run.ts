import { type FollowableRun, GrowingText, type RunError, type Turn } from '#chat';
import { type LlmCompletion } from '#llm';
import { randomUUID } from 'node:crypto';

/** A run that is not stored: it exists only in this process, and no other request can find it. */
export class EphemeralRun implements FollowableRun {
  readonly attempt = 1;
  readonly answer = new GrowingText();
  readonly restart = undefined;
  readonly isLost = false;
  #turn: Turn;
  #isOver = false;
  readonly #listeners = new Set<() => void>();

  constructor(owner: string) {
    this.#turn = newTurn(owner);
  }

  get turn(): Turn {
    return this.#turn;
  }

  get isFinished(): boolean {
    return this.#isOver;
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Adds text to the answer, and notifies listeners. */
  append(piece: string): void {
    this.answer.append(piece);
    this.#notify();
  }

  /** Ends the run as completed, and notifies listeners. */
  finish(text: string, completion: LlmCompletion): void {
    const { usage } = completion;
    this.#end('completed', null, {
      content: text,
      model: completion.model,
      finish_reason: completion.finishReason,
      tokens_used: usage?.totalTokens ?? null,
      usage:
        usage === null
          ? null
          : {
              input_tokens: usage.inputTokens ?? null,
              output_tokens: usage.outputTokens ?? null,
              total_tokens: usage.totalTokens ?? null,
            },
      source: completion.source,
    });
  }

  /** Ends the run as failed, with the text so far, and notifies listeners. */
  fail(error: RunError): void {
    this.#end('failed', error, { content: this.answer.toString() });
  }

  #end(status: 'completed' | 'failed', error: RunError | null, answer: Partial<Turn['reply']>): void {
    const now = new Date();
    const { run, reply } = this.#turn;
    this.#turn = {
      ...this.#turn,
      reply: { ...reply, ...answer, status, completed_at: now },
      run: { ...run, status, error, finished_at: now },
    };
    this.#isOver = true;
    this.#notify();
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }
}

function newTurn(owner: string): Turn {
  const [conversation_id, user, reply, run] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  const created_at = new Date();
  const message = {
    conversation_id,
    content: '',
    model: null,
    finish_reason: null,
    tokens_used: null,
    usage: null,
    source: null,
    metadata: {},
    created_at,
    completed_at: null,
  };
  return {
    owner,
    user: { ...message, id: user, parent_id: null, seq: 1, role: 'user', status: 'completed', run_id: null },
    reply: {
      ...message,
      id: reply,
      parent_id: user,
      seq: 2,
      role: 'assistant',
      status: 'in_progress',
      run_id: run,
    },
    run: {
      id: run,
      conversation_id,
      message_id: reply,
      status: 'in_progress',
      error: null,
      attempts: [],
      created_at,
      finished_at: null,
    },
    fence: 1,
  };
}
