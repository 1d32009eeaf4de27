import { signal } from '@angular/core';
import { type Run, type RunRetrying } from '@parley/client';

/** An answer that is, or was, being written while the page looks on. */
export class LiveAnswer {
  readonly #leaving = new AbortController();
  /** Undefined until the server has said so. */
  readonly runId;
  readonly text = signal('');
  /** `cut`: the stream waits before it tries to reach the server again; `regained`: reached, and nothing has come yet. */
  readonly connection = signal<'fine' | 'cut' | 'regained'>('fine');
  /** Each time that the text started over. */
  readonly restarts = signal<readonly RunRetrying[]>([]);
  /** As it ended; undefined until then. */
  readonly run = signal<Run | undefined>(undefined);
  readonly isOver = signal(false);

  constructor(runId?: string) {
    this.runId = signal(runId);
  }

  /** Aborts when nobody looks on any more; the answer goes on being written. */
  get signal(): AbortSignal {
    return this.#leaving.signal;
  }

  leave(): void {
    this.#leaving.abort();
    this.isOver.set(true);
  }
}
