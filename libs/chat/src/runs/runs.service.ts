import { Inject, Injectable } from '@nestjs/common';
import { isUnavailable } from '#database';
import { LlmClient, LlmError, type LlmMessage, type LlmRequest } from '#llm';
import { setTimeout as delay } from 'node:timers/promises';
import { CHAT_OPTIONS } from '../chat.module-definition.js';
import { ChatObserver } from '../chat-observer.js';
import { chatDefaults, type ChatOptions } from '../chat-options.js';
import { History } from '../messages/history.js';
import { TurnStore } from '../turns/turn-store.js';
import { type Turn, type TurnRequest } from '../turns/turn.js';
import { LiveRun, RunLostError, type StopReason } from './live-run.js';
import { attemptView, completed, ended, finishedTurn, stopped, type RunOutcome } from './run-outcome.js';
import { type AttemptView } from './run.view.js';

/** Generates answers. A run goes on whoever listens, until it is over or has to stop. */
@Injectable()
export class Runs {
  readonly #live = new Map<string, LiveRun>();

  constructor(
    private readonly llm: LlmClient,
    private readonly history: History,
    private readonly store: TurnStore,
    private readonly observer: ChatObserver,
    @Inject(CHAT_OPTIONS) private readonly options: ChatOptions,
  ) {}

  /** The runs of this process that are not over. */
  get live(): ReadonlyMap<string, LiveRun> {
    return this.#live;
  }

  /** Starts the run of a turn that is stored. */
  start(turn: Turn, request: TurnRequest): LiveRun {
    const run = new LiveRun(turn);
    this.#live.set(run.id, run);
    void this.#carryOut(run, request)
      .catch((error: Error) => run.lose(error))
      .finally(() => this.#live.delete(run.id));
    return run;
  }

  /** Stops what is being generated for a conversation. */
  stopIn(conversationId: string): void {
    for (const run of this.#live.values()) {
      if (run.turn.run.conversation_id === conversationId) run.stop('cancelled');
    }
  }

  stopAll(reason: StopReason): void {
    for (const run of this.#live.values()) run.stop(reason);
  }

  /** Resolves when no run is left. */
  async idle(): Promise<void> {
    while (this.#live.size > 0) await Promise.allSettled([...this.#live.values()].map((run) => run.finished));
  }

  async #carryOut(run: LiveRun, request: TurnRequest): Promise<void> {
    const outcome = await this.#generate(run, request);
    await run.end();
    const finishedAt = await this.#store(run, outcome);
    run.finish(finishedTurn(run.turn, outcome, finishedAt));
    this.observer.emit('runFinished', run.turn.run);
  }

  async #generate(run: LiveRun, request: TurnRequest): Promise<RunOutcome> {
    const attempts: AttemptView[] = [];
    try {
      const history = await this.#historyOf(run.turn);
      for await (const event of this.llm.stream(this.#llmRequest(run.turn, request, history), {
        signal: run.signal,
        restart: request.settings.restart,
      })) {
        switch (event.type) {
          case 'delta':
            run.append(event.text);
            break;
          case 'attempt':
            attempts.push(attemptView(event.attempt));
            if (event.attempt.outcome !== 'succeeded') run.attemptEnded(event.attempt.number);
            break;
          case 'restart':
            run.startOver(event.attempt, event);
            break;
          case 'end':
            return completed(event.completion, attempts);
        }
      }
    } catch (error) {
      if (run.stopped !== undefined) return stopped(run.stopped, run.text, attempts);
      return ended(error instanceof LlmError ? error : this.#defect(run, error), run.text, attempts);
    }
    return ended(this.#defect(run, new Error('the LLM client ended without an end')), run.text, attempts);
  }

  /** A conversation that began with this turn has no history to ask for. */
  async #historyOf({ user }: Turn): Promise<LlmMessage[]> {
    return user.seq === 1 ? [] : this.history.before(user.conversation_id, user.seq);
  }

  #llmRequest({ user }: Turn, request: TurnRequest, history: LlmMessage[]): LlmRequest {
    const { generation } = this.options;
    return {
      message: request.content,
      history,
      conversationId: user.conversation_id,
      model: request.model,
      maxTokens: request.settings.maxTokens ?? generation.maxTokens,
      temperature: request.settings.temperature ?? generation.temperature,
      stream: request.settings.stream,
      metadata: request.metadata,
    };
  }

  /** A database that is away is waited for: the answer is here and must not be lost. */
  async #store(run: LiveRun, outcome: RunOutcome): Promise<Date> {
    const { run: view, reply, fence } = run.turn;
    const row = {
      ...outcome,
      run_id: view.id,
      conversation_id: reply.conversation_id,
      message_id: reply.id,
      fence,
      text_attempt: run.attempt,
    };
    const giveUpAt = performance.now() + chatDefaults.storeTimeoutMs;
    for (;;) {
      try {
        const { finished_at } = await this.store.finish(row);
        if (finished_at === null) throw new RunLostError('the run was deleted or taken over');
        return finished_at;
      } catch (error) {
        if (error instanceof RunLostError) throw error;
        if (!isUnavailable(error) || performance.now() > giveUpAt) {
          this.observer.emit('storeFailed', run.id, error as Error);
          throw error;
        }
        this.observer.emit('storeDelayed', run.id, error as Error);
        await delay(chatDefaults.storeRetryMs);
      }
    }
  }

  #defect(run: LiveRun, error: unknown): LlmError {
    this.observer.emit('defect', run.id, error);
    return new LlmError('something went wrong on our side', {
      code: 'internal_error',
      scope: 'anywhere',
      cause: error,
    });
  }
}
