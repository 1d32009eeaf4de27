import { signal } from '@angular/core';
import { type Run, type RunRetrying } from '@parley/client';

/** An answer whose events the page follows, or followed until its end. */
export class LiveAnswer {
  readonly #unfollowing = new AbortController();
  /** Undefined until the first event. */
  readonly runId;
  /** The text so far. */
  readonly text = signal('');
  /** `reconnected`: no event has arrived since. */
  readonly connection = signal<'open' | 'reconnecting' | 'reconnected'>('open');
  /** One event for each time the text started over. */
  readonly restarts = signal<readonly RunRetrying[]>([]);
  /** The finished run; undefined until then. */
  readonly run = signal<Run | undefined>(undefined);
  /** The page receives no more events of it. */
  readonly isFinished = signal(false);

  constructor(runId?: string) {
    this.runId = signal(runId);
  }

  /** Aborts when the page stops following the answer. */
  get signal(): AbortSignal {
    return this.#unfollowing.signal;
  }

  /** Stops following the answer. The server continues to generate it. */
  unfollow(): void {
    this.#unfollowing.abort();
    this.isFinished.set(true);
  }
}
