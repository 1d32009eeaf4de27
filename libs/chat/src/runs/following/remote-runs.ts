import { runAs } from '#database';
import { type Clock, type Timer } from '#llm';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ChatObserver } from '../../model/chat-observer.js';
import { isFinal } from '../../model/run-state.js';
import { type Turn } from '../../model/turn.js';
import { RunNotifications } from '../../notify/run-notifications.js';
import { chatDefaults } from '../../options/chat-options.js';
import { CLOCK } from '../../options/clock.js';
import { type PolledRun, RunPoller } from '../../store/poll-runs.js';
import { RunArchive } from '../../store/run-archive.js';
import { RemoteRun } from './remote-run.js';

/**
 * Follows runs of other replicas by reading the database: immediately after a notification, in one statement for all runs
 * that have changed; and all followed runs at an interval, which is short where notifications are not received.
 */
@Injectable()
export class RemoteRuns implements OnApplicationShutdown {
  readonly #followed = new Map<string, RemoteRun>();
  /** Ids of the runs to read in the next poll. */
  readonly #due = new Set<string>();
  #timer: Timer | undefined;
  #polling: Promise<void> | undefined;
  #isClosed = false;
  readonly #poller: Pick<RunPoller, 'poll'>;
  readonly #archive: Pick<RunArchive, 'turn'>;
  readonly #notifications: Pick<RunNotifications, 'isReceiving' | 'subscribe'>;
  readonly #observer: ChatObserver;
  readonly #clock: Clock;

  constructor(
    @Inject(RunPoller) poller: Pick<RunPoller, 'poll'>,
    @Inject(RunArchive) archive: Pick<RunArchive, 'turn'>,
    @Inject(RunNotifications) notifications: Pick<RunNotifications, 'isReceiving' | 'subscribe'>,
    observer: ChatObserver,
    @Inject(CLOCK) clock: Clock,
  ) {
    this.#poller = poller;
    this.#archive = archive;
    this.#notifications = notifications;
    this.#observer = observer;
    this.#clock = clock;
    notifications.subscribe({
      onChange: (id) => this.#pollNow([id]),
      onGap: () => this.#pollNow([...this.#followed.keys()]),
    });
  }

  /** Starts to follow a run, with its text so far. It is polled until it ends or has no listeners. */
  async follow(turn: Turn): Promise<RemoteRun> {
    const { id } = turn.run;
    const followed = this.#followed.get(id);
    if (followed !== undefined) return followed;
    const run = new RemoteRun(turn);
    const [polled] = await this.#poller.poll([run.known]);
    // A concurrent call may have started to follow it. Only one object per id is updated, so all callers must share it.
    const concurrent = this.#followed.get(id);
    if (concurrent !== undefined) return concurrent;
    if (polled !== undefined) run.update(polled.attempt, polled.content);
    this.#followed.set(id, run);
    // A notification since the first poll was ignored, because the run was not followed yet.
    this.#pollAllIn(chatDefaults.checkpointMs);
    return run;
  }

  async onApplicationShutdown(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#followed.clear();
    await this.#polling;
  }

  #pollAllIn(ms: number): void {
    if (this.#isClosed) return;
    this.#timer?.cancel();
    this.#timer = this.#clock.timer(ms, () => {
      for (const id of this.#followed.keys()) this.#due.add(id);
      this.#poll();
    });
  }

  #pollNow(ids: readonly string[]): void {
    const followed = ids.filter((id) => this.#followed.has(id));
    if (followed.length === 0 || this.#isClosed) return;
    for (const id of followed) this.#due.add(id);
    this.#poll();
  }

  /** Runs one poll at a time; runs that become due meanwhile are read together afterwards. */
  #poll(): void {
    // Without an owner: the readers have several owners.
    this.#polling ??= runAs(undefined, () => this.#pollDue())
      .catch((error: Error) => void this.#observer.emit('followFailed', error))
      .finally(() => {
        this.#polling = undefined;
        if (this.#followed.size === 0) this.#timer?.cancel();
        else
          this.#pollAllIn(
            this.#notifications.isReceiving ? chatDefaults.followPollMs : chatDefaults.checkpointMs,
          );
      });
  }

  async #pollDue(): Promise<void> {
    while (this.#due.size > 0 && !this.#isClosed) {
      const due = [...this.#due].flatMap((id) => this.#followed.get(id) ?? []);
      this.#due.clear();
      for (const run of due) if (!run.hasListeners) this.#followed.delete(run.turn.run.id);
      const runs = due.filter((run) => run.hasListeners);
      if (runs.length === 0) return;
      const polled = await this.#poller.poll(runs.map(({ known }) => known));
      const polledById = new Map(polled.map((run) => [run.id, run]));
      await Promise.all(runs.map((run) => this.#update(run, polledById.get(run.turn.run.id))));
    }
  }

  /** @param polled undefined if the run was deleted */
  async #update(run: RemoteRun, polled: PolledRun | undefined): Promise<void> {
    const { id } = run.turn.run;
    if (polled !== undefined && !isFinal(polled.status)) return run.update(polled.attempt, polled.content);
    const stored = polled && (await this.#archive.turn(run.turn.owner, id));
    this.#followed.delete(id);
    if (stored === undefined) run.lose();
    else run.end(stored.turn, stored.textAttempt);
  }
}
