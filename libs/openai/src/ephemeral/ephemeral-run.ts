import { type FollowableRun, GrowingText, type RunError, type Turn } from '#chat';
import { type LlmCompletion } from '#llm';
import { type Problem, toProblem } from '#problems';
import { randomUUID } from 'node:crypto';
import { type EphemeralAnswerEvent } from './ephemeral-answers.js';

/** How an ephemeral run ended. */
export type EphemeralOutcome = { completion: LlmCompletion | undefined } | { problem: Problem };

/** A run that is not stored: it exists only in this process, and no other request can find it. */
export class EphemeralRun implements FollowableRun {
  readonly attempt = 1;
  readonly answer = new GrowingText();
  readonly restart = undefined;
  readonly isLost = false;
  #turn: Turn;
  #outcome: EphemeralOutcome | undefined;
  #isFinished = false;
  readonly #listeners = new Set<() => void>();

  constructor(owner: string) {
    this.#turn = newTurn(owner);
  }

  get turn(): Turn {
    return this.#turn;
  }

  get isFinished(): boolean {
    return this.#isFinished;
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** How the run ended; undefined before its end. Without `completion`, a stop sequence ended the answer. */
  get outcome(): EphemeralOutcome | undefined {
    return this.#outcome;
  }

  /**
   * Generates the answer and notifies listeners of each piece. Never rejects: errors end the run as failed.
   * @param first the first call of `events.next`, if it was made before
   * @param onEnd called before the run ends, with the complete answer; if it rejects, the run ends as failed
   */
  async generate(
    events: AsyncGenerator<EphemeralAnswerEvent, void>,
    first?: Promise<IteratorResult<EphemeralAnswerEvent, void>>,
    onEnd?: (text: string, completion: LlmCompletion | undefined) => Promise<void>,
  ): Promise<void> {
    try {
      for (let next = await (first ?? events.next()); next.done !== true; next = await events.next()) {
        const event = next.value;
        if (event.type === 'delta') {
          this.answer.append(event.text);
          this.#notify();
        } else {
          const text = this.answer.toString();
          await onEnd?.(text, event.completion);
          this.finish(text, event.completion);
        }
      }
      if (!this.#isFinished) throw new Error('The answer has no end.');
    } catch (error) {
      this.#fail(toProblem(error));
    }
  }

  /** Ends the run as completed, and notifies listeners. */
  finish(text: string, completion: LlmCompletion | undefined): void {
    const { usage = null } = completion ?? {};
    this.#outcome = { completion };
    this.#end('completed', null, {
      content: text,
      model: completion?.model ?? null,
      finish_reason: completion?.finishReason ?? null,
      tokens_used: usage?.totalTokens ?? null,
      usage:
        usage === null
          ? null
          : {
              input_tokens: usage.inputTokens ?? null,
              output_tokens: usage.outputTokens ?? null,
              total_tokens: usage.totalTokens ?? null,
            },
      source: completion?.source ?? null,
    });
  }

  #fail(problem: Problem): void {
    const { code, detail, title, retryable } = problem;
    this.#outcome = { problem };
    this.#end('failed', { code, message: detail ?? title, retryable }, { content: this.answer.toString() });
  }

  #end(status: 'completed' | 'failed', error: RunError | null, answer: Partial<Turn['reply']>): void {
    const now = new Date();
    const { run, reply } = this.#turn;
    this.#turn = {
      ...this.#turn,
      reply: { ...reply, ...answer, status, completed_at: now },
      run: { ...run, status, error, finished_at: now },
    };
    this.#isFinished = true;
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
