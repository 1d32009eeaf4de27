import { Injectable } from '@nestjs/common';
import { type LiveRun, type StopReason } from './live-run.js';

/** The runs of this process that have not ended: those that it generates, and those that are queued. */
@Injectable()
export class LiveRuns {
  readonly #runs = new Map<string, LiveRun>();

  /** The run with this id; undefined if it is not a run of this process, or has ended. */
  get(id: string): LiveRun | undefined {
    return this.#runs.get(id);
  }

  /** All runs of this process. */
  all(): LiveRun[] {
    return [...this.#runs.values()];
  }

  /** Adds a run, in place of another object with the same id. */
  add(run: LiveRun): void {
    this.#runs.set(run.id, run);
  }

  /** Removes a run. Does nothing if another object has replaced it under the same id. */
  delete(run: LiveRun): void {
    if (this.#runs.get(run.id) === run) this.#runs.delete(run.id);
  }

  /** Cancels all runs of a conversation. */
  stopIn(conversationId: string): void {
    for (const run of this.all()) if (run.turn.run.conversation_id === conversationId) run.stop('cancelled');
  }

  /** Stops all runs. */
  stopAll(reason: StopReason): void {
    for (const run of this.all()) run.stop(reason);
  }

  /** Resolves when no run is left. */
  async idle(): Promise<void> {
    while (this.#runs.size > 0) await Promise.allSettled(this.all().map((run) => run.finished));
  }
}
