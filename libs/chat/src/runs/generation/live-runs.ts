import { Injectable } from '@nestjs/common';
import { type LiveRun, type StopReason } from './live-run.js';

/** The runs of this process that are not over: those it generates, and those whose turn has not come. */
@Injectable()
export class LiveRuns {
  readonly #runs = new Map<string, LiveRun>();

  get(id: string): LiveRun | undefined {
    return this.#runs.get(id);
  }

  all(): LiveRun[] {
    return [...this.#runs.values()];
  }

  add(run: LiveRun): void {
    this.#runs.set(run.id, run);
  }

  /** Another hold on the same run stays. */
  delete(run: LiveRun): void {
    if (this.#runs.get(run.id) === run) this.#runs.delete(run.id);
  }

  /** Stops what is being generated for a conversation, or waits in it. */
  stopIn(conversationId: string): void {
    for (const run of this.all()) if (run.turn.run.conversation_id === conversationId) run.stop('cancelled');
  }

  stopAll(reason: StopReason): void {
    for (const run of this.all()) run.stop(reason);
  }

  /** Resolves when no run is left. */
  async idle(): Promise<void> {
    while (this.#runs.size > 0) await Promise.allSettled(this.all().map((run) => run.finished));
  }
}
