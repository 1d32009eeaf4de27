import { type Clock, type Timer } from '#llm';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { ChatObserver } from '../../model/chat-observer.js';
import { RunNotifications } from '../../notify/run-notifications.js';
import { chatDefaults } from '../../options/chat-options.js';
import { CLOCK } from '../../options/clock.js';
import { type CheckpointRow, CheckpointStore } from '../../store/checkpoint-store.js';
import { type LiveRun } from './live-run.js';
import { LiveRuns } from './live-runs.js';

/** How much of the text of a run is stored. */
interface Saved {
  attempt: number;
  pieces: number;
  /** In UTF-16 code units. */
  chars: number;
}

/** The part of a run's text to store, and how much is stored afterwards. */
interface Unsaved {
  run: LiveRun;
  row: CheckpointRow;
  saved: Saved;
}

/**
 * Stores the new text of all runs of this process every 250 ms, in one statement, so that other replicas can follow them
 * and take them over. The end of a run is stored without a checkpoint before it.
 */
@Injectable()
export class Checkpoints implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #saved = new WeakMap<LiveRun, Saved>();
  #timer: Timer | undefined;
  #saving: Promise<void> | undefined;
  readonly #store: Pick<CheckpointStore, 'save'>;
  readonly #live: LiveRuns;
  readonly #notifications: Pick<RunNotifications, 'publish'>;
  readonly #observer: ChatObserver;
  readonly #clock: Clock;

  constructor(
    @Inject(CheckpointStore) store: Pick<CheckpointStore, 'save'>,
    live: LiveRuns,
    @Inject(RunNotifications) notifications: Pick<RunNotifications, 'publish'>,
    observer: ChatObserver,
    @Inject(CLOCK) clock: Clock,
  ) {
    this.#store = store;
    this.#live = live;
    this.#notifications = notifications;
    this.#observer = observer;
    this.#clock = clock;
  }

  onApplicationBootstrap(): void {
    this.#timer = this.#clock.timer(chatDefaults.checkpointMs, () => {
      this.#timer?.refresh();
      this.#startCheckpoint();
    });
  }

  async onApplicationShutdown(): Promise<void> {
    this.#timer?.cancel();
    await this.#saving;
  }

  #startCheckpoint(): void {
    if (this.#saving !== undefined) return;
    const grown = this.#live.all().flatMap((run) => this.#unsaved(run) ?? []);
    if (grown.length === 0) return;
    this.#saving = this.#save(grown)
      .catch((error: Error) => void this.#observer.emit('checkpointFailed', error))
      .finally(() => {
        this.#saving = undefined;
        for (const { run } of grown) run.checkpoint = undefined;
      });
    for (const { run } of grown) run.checkpoint = this.#saving;
  }

  async #save(grown: readonly Unsaved[]): Promise<void> {
    await this.#store.save(grown.map(({ row }) => row));
    for (const { run, saved } of grown) {
      this.#saved.set(run, saved);
      this.#notifications.publish(run.turn.run);
    }
  }

  /** The text of a run since its previous checkpoint; undefined if there is none, or if the run is ending. */
  #unsaved(run: LiveRun): Unsaved | undefined {
    if (run.isEnding) return undefined;
    const before = this.#saved.get(run);
    const { pieces, chars } = before?.attempt === run.attempt ? before : { pieces: 0, chars: 0 };
    const content = run.answer.pieces.slice(pieces).join('');
    if (content === '') return undefined;
    return {
      run,
      row: {
        owner: run.turn.owner,
        run_id: run.id,
        fence: run.turn.fence,
        attempt: run.attempt,
        char_offset: chars,
        content,
      },
      saved: { attempt: run.attempt, pieces: run.answer.pieces.length, chars: chars + content.length },
    };
  }
}
