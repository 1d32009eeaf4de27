import { runAs, SystemDatabase } from '#database';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ChatObserver } from '../../model/chat-observer.js';
import { chatDefaults } from '../../options/chat-options.js';
import { type Turn } from '../../model/turn.js';
import { pollRuns, type PolledRun } from '../../store/poll-runs.js';
import { RemoteRun } from './remote-run.js';
import { RunArchive } from '../../store/run-archive.js';
import { RunNotifications } from '../../notify/run-notifications.js';
import { isFinal } from '../../model/run-state.js';

/**
 * Follows the runs of other replicas by looking at the database, in one statement for all of them that have news; and at
 * all that are followed here from time to time, or often where no news is to be had.
 */
@Injectable()
export class RemoteRuns implements OnApplicationShutdown {
  readonly #followed = new Map<string, RemoteRun>();
  /** Those with news. */
  readonly #due = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #isClosed = false;
  readonly #database: SystemDatabase;
  readonly #archive: RunArchive;
  readonly #notifications: RunNotifications;
  readonly #observer: ChatObserver;

  constructor(database: SystemDatabase, archive: RunArchive, news: RunNotifications, observer: ChatObserver) {
    this.#database = database;
    this.#archive = archive;
    this.#notifications = news;
    this.#observer = observer;
    news.subscribe({
      onChange: (id) => this.#lookSoon(id),
      onGap: () => [...this.#followed.keys()].forEach((id) => this.#lookSoon(id)),
    });
  }

  /** The run, with what is known of its text; it goes on being looked at while somebody listens to it. */
  async follow(turn: Turn): Promise<RemoteRun> {
    const { id } = turn.run;
    const followed = this.#followed.get(id);
    if (followed !== undefined) return followed;
    const run = new RemoteRun(turn);
    const [seen] = await pollRuns(this.#database, [run.known]);
    // Somebody else may have begun to follow it meanwhile: two would be looked at as one, and one would hear nothing.
    const begun = this.#followed.get(id);
    if (begun !== undefined) return begun;
    if (seen !== undefined) run.update(seen.attempt, seen.content);
    this.#followed.set(id, run);
    // What was told between the two looks was heard by nobody here.
    this.#lookIn(chatDefaults.checkpointMs);
    return run;
  }

  async onApplicationShutdown(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#followed.clear();
    await this.#looking;
  }

  #lookIn(ms: number): void {
    if (this.#isClosed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      for (const id of this.#followed.keys()) this.#due.add(id);
      this.#look();
    }, ms);
  }

  #lookSoon(id: string): void {
    if (!this.#followed.has(id) || this.#isClosed) return;
    this.#due.add(id);
    this.#look();
  }

  /** One look at a time; news of meanwhile are looked at together after it. */
  #look(): void {
    // On behalf of the process itself: the readers have several owners.
    this.#looking ??= runAs(undefined, () => this.#lookAtDue())
      .catch((error: Error) => void this.#observer.emit('followFailed', error))
      .finally(() => {
        this.#looking = undefined;
        if (this.#followed.size === 0) clearTimeout(this.#timer);
        else
          this.#lookIn(
            this.#notifications.isReceiving ? chatDefaults.followPollMs : chatDefaults.checkpointMs,
          );
      });
  }

  async #lookAtDue(): Promise<void> {
    while (this.#due.size > 0 && !this.#isClosed) {
      const asked = [...this.#due].flatMap((id) => this.#followed.get(id) ?? []);
      this.#due.clear();
      const heard = asked.filter((run) => run.hasListeners);
      for (const run of asked) if (!run.hasListeners) this.#followed.delete(run.turn.run.id);
      if (heard.length === 0) return;
      const found = new Map(
        (
          await pollRuns(
            this.#database,
            heard.map(({ known }) => known),
          )
        ).map((run) => [run.id, run]),
      );
      await Promise.all(heard.map((run) => this.#tell(run, found.get(run.turn.run.id))));
    }
  }

  async #tell(run: RemoteRun, seen: PolledRun | undefined): Promise<void> {
    const { id } = run.turn.run;
    if (seen !== undefined && !isFinal(seen.status)) return run.update(seen.attempt, seen.content);
    const stored = seen && (await this.#archive.turn(run.turn.owner, id));
    this.#followed.delete(id);
    if (stored === undefined) run.lose();
    else run.end(stored.turn, stored.textAttempt);
  }
}
