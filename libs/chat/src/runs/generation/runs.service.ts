import { Inject, Injectable } from '@nestjs/common';
import { isUnavailable, isUnstorable, runAs } from '#database';
import { type Clock, LlmClient, LlmError, type LlmRequest } from '#llm';
import { CHAT_OPTIONS } from '../../options/chat.module-definition.js';
import { ChatObserver } from '../../model/chat-observer.js';
import { chatDefaults, type ChatOptions } from '../../options/chat-options.js';
import { CLOCK } from '../../options/clock.js';
import { History } from '../../store/history.js';
import { afterUnanswered, type EarlierTurns } from '../../store/history-turns.js';
import { TurnStore } from '../../store/turn-store.js';
import { type Turn } from '../../model/turn.js';
import { type GenerationRequest } from '../../model/generation-request.js';
import { attemptsBefore } from '../../model/attempt-numbers.js';
import { HandOver } from './hand-over.js';
import { placeSystemMessages, remindersOf } from './place-system-messages.js';
import { LiveRun, RunLostError } from './live-run.js';
import { LiveRuns } from './live-runs.js';
import {
  abandoned,
  attemptView,
  cancelled,
  completed,
  failed,
  runEndRow,
  finishedTurn,
  storableOutcomes,
  type RunOutcome,
} from './run-outcome.js';
import { RunNotifications } from '../../notify/run-notifications.js';
import { RunQueue } from './run-queue.js';
import { type AttemptView } from '../../model/attempt.view.js';

/** Generates answers. A run does not depend on readers: it continues until it has ended or has to stop. */
@Injectable()
export class Runs {
  readonly #llm: LlmClient;
  readonly #history: History;
  readonly #live: LiveRuns;
  readonly #queue: RunQueue;
  readonly #handOver: HandOver;
  readonly #notifications: RunNotifications;
  readonly #observer: ChatObserver;
  readonly #options: ChatOptions;
  readonly #store: TurnStore;
  readonly #clock: Clock;

  constructor(
    llm: LlmClient,
    history: History,
    store: TurnStore,
    live: LiveRuns,
    queue: RunQueue,
    handOver: HandOver,
    notifications: RunNotifications,
    observer: ChatObserver,
    @Inject(CLOCK) clock: Clock,
    @Inject(CHAT_OPTIONS) options: ChatOptions,
  ) {
    this.#store = store;
    this.#clock = clock;
    this.#llm = llm;
    this.#history = history;
    this.#live = live;
    this.#queue = queue;
    this.#handOver = handOver;
    this.#notifications = notifications;
    this.#observer = observer;
    this.#options = options;
  }

  /**
   * Starts the run of a stored turn. A queued run waits until it is admitted.
   * @param owner the owner of its conversation
   * @param generation the number of this generation, from 1
   */
  start(owner: string, turn: Turn, request: GenerationRequest, generation = 1): LiveRun {
    const base = attemptsBefore(generation);
    const run = new LiveRun(turn, base + 1, owner);
    this.#live.add(run);
    // Its statements use the owner's share of the pool, also when another replica has taken the run over.
    void runAs(owner, () => this.#execute(run, request, base))
      .catch((error: Error) => run.lose(error))
      .finally(() => this.#live.delete(run));
    return run;
  }

  /** Stores the end of a run that this replica has claimed and does not generate. */
  async end(turn: Turn, outcome: RunOutcome, textAttempt: number): Promise<void> {
    const { next_run_id } = await this.#store.finish(runEndRow(turn, outcome, textAttempt));
    if (next_run_id !== null) this.#queue.admitNext(next_run_id);
    this.#notifications.publish(turn.run);
  }

  async #execute(run: LiveRun, request: GenerationRequest, base: number): Promise<void> {
    if (run.isQueued) await this.#waitForTurn(run);
    const outcome = await this.#generate(run, request, base);
    await run.end();
    if (run.stopped === 'lost') throw new RunLostError('lost');
    if (run.stopped === 'handed_over' && canContinueElsewhere(outcome, request)) {
      await this.#handOver.release(run);
      throw new RunLostError('handed_over');
    }
    run.finish(await this.#storeEnd(run, outcome));
    this.#observer.emit('runFinished', run.turn.run);
    if (run.mayBeFollowedRemotely) this.#notifications.publish(run.turn.run);
  }

  async #waitForTurn(run: LiveRun): Promise<void> {
    // It may have been admitted before it was registered here.
    this.#queue.poll([run]).catch(() => undefined);
    await run.admitted;
    if (run.stopped !== undefined) return;
    if (!(await this.#retryWhileUnavailable(run, () => this.#queue.begin(run))))
      throw new RunLostError('lost');
    run.begin();
  }

  async #generate(run: LiveRun, request: GenerationRequest, base: number): Promise<RunOutcome> {
    const attempts: AttemptView[] = [];
    if (run.stopped !== undefined) return stopped(run, attempts);
    try {
      const earlier = await this.#earlierTurns(run, request.settings.truncation);
      for await (const event of this.#llm.stream(this.#llmRequest(run, request, earlier), {
        signal: run.signal,
        restart: request.settings.restart,
        label: run.id,
      })) {
        switch (event.type) {
          case 'delta':
            run.append(event.text);
            break;
          case 'attempt':
            attempts.push(attemptView(event.attempt, base));
            if (event.attempt.outcome !== 'succeeded') run.attemptEnded(base + event.attempt.number);
            break;
          case 'restart':
            run.startOver(base + event.attempt, event);
            break;
          case 'end':
            return completed(event.completion, attempts);
        }
      }
    } catch (error) {
      if (run.stopped !== undefined) return stopped(run, attempts);
      return failed(error instanceof LlmError ? error : this.#defect(run, error), run.text, attempts);
    }
    return failed(
      this.#defect(run, new Error('the LLM client ended without a completion')),
      run.text,
      attempts,
    );
  }

  /** Empty without a query if the branch begins with this turn. */
  async #earlierTurns(run: LiveRun, truncation: 'auto' | 'disabled' = 'auto'): Promise<EarlierTurns> {
    const { parent_id } = run.turn.user;
    if (parent_id === null) return { messages: [], unanswered: '' };
    return this.#retryWhileUnavailable(run, () =>
      truncation === 'disabled'
        ? this.#history.wholeUpTo(run.turn.owner, parent_id)
        : this.#history.upTo(run.turn.owner, parent_id),
    );
  }

  #llmRequest(run: LiveRun, request: GenerationRequest, earlier: EarlierTurns): LlmRequest {
    const { generation } = this.#options;
    const { user } = run.turn;
    const { instructions, system_messages: systemMessages = [] } = request;
    const history = placeSystemMessages(earlier.messages, systemMessages);
    const message = afterUnanswered(earlier.unanswered, user.content);
    return {
      message: [message, ...remindersOf(systemMessages)].join('\n\n'),
      history: instructions === undefined ? history : [{ role: 'system', content: instructions }, ...history],
      conversationId: user.conversation_id,
      messageId: user.id,
      parentId: user.parent_id ?? undefined,
      ...(run.owner === undefined ? {} : { owner: run.owner }),
      model: request.model,
      maxTokens: request.settings.max_tokens ?? generation.maxTokens,
      temperature: request.settings.temperature ?? generation.temperature,
      sampling: request.settings.sampling,
      stream: request.settings.stream,
      metadata: request.metadata,
    };
  }

  /**
   * Stores the end of the run, without the parts of the answer that PostgreSQL refuses.
   * @returns the stored turn
   */
  async #storeEnd(run: LiveRun, outcome: RunOutcome): Promise<Turn> {
    let refused: unknown;
    for (const storable of storableOutcomes(outcome)) {
      try {
        return finishedTurn(run.turn, storable, await this.#write(run, storable));
      } catch (error) {
        if (!isUnstorable(error)) throw error;
        this.#observer.emit('storeReduced', run.id, error as Error);
        refused = error;
      }
    }
    throw refused;
  }

  async #write(run: LiveRun, outcome: RunOutcome): Promise<Date> {
    const row = runEndRow(run.turn, outcome, run.attempt);
    const { finished_at, next_run_id } = await this.#retryWhileUnavailable(run, () =>
      this.#store.finish(row),
    );
    if (finished_at === null) throw new RunLostError('lost');
    if (next_run_id !== null) this.#queue.admitNext(next_run_id);
    return finished_at;
  }

  /** Retries while the database is unavailable, for up to `storeTimeoutMs`: nothing of an acknowledged turn may be lost. */
  async #retryWhileUnavailable<T>(run: LiveRun, work: () => Promise<T>): Promise<T> {
    const deadline = this.#clock.now() + chatDefaults.storeTimeoutMs;
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (isUnstorable(error)) throw error;
        if (!isUnavailable(error) || this.#clock.now() > deadline) {
          this.#observer.emit('storeFailed', run.id, error as Error);
          throw error;
        }
        this.#observer.emit('storeDelayed', run.id, error as Error);
        await this.#clock.sleep(chatDefaults.storeRetryMs, new AbortController().signal);
      }
    }
  }

  #defect(run: LiveRun, error: unknown): LlmError {
    this.#observer.emit('defect', run.id, error);
    return new LlmError('something went wrong on our side', {
      code: 'internal_error',
      scope: 'anywhere',
      cause: error,
    });
  }
}

function stopped(run: LiveRun, attempts: readonly AttemptView[]): RunOutcome {
  return run.stopped === 'cancelled'
    ? cancelled(run.text, attempts)
    : abandoned('incomplete', run.text, attempts);
}

/** False if the answer is complete, or if text was sent to readers and must not start over. */
function canContinueElsewhere({ status, content }: RunOutcome, { settings }: GenerationRequest): boolean {
  return status !== 'completed' && (content === '' || settings.restart !== 'never');
}
