import { computed, effect, inject, Injectable, signal, untracked } from '@angular/core';
import { type LlmHealth } from '@parley/client';
import { Server } from './server';

/** Polling intervals in ms: while the server responds, and while it does not. */
const reachableIntervalMs = 15_000;
const unreachableIntervalMs = 2_000;

/** The status of the LLM servers, polled while the page is visible. */
@Injectable({ providedIn: 'root' })
export class LlmStatus {
  readonly #server = inject(Server);
  readonly #report = signal<LlmHealth['llm_service'] | undefined>(undefined);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isLoading = false;

  /** Undefined until the first response, and after a failed request. */
  readonly report = this.#report.asReadonly();
  readonly status = computed(() =>
    this.#server.isUnreachable() ? 'unknown' : (this.#report()?.status ?? 'unknown'),
  );

  constructor() {
    document.addEventListener('visibilitychange', () => void this.refresh());
    effect(() => {
      this.#server.isUnreachable();
      untracked(() => void this.refresh());
    });
  }

  /** Polls now; the next poll follows after the interval. Does nothing while the page is hidden. */
  async refresh(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#isLoading || document.hidden) return;
    this.#isLoading = true;
    try {
      const { llm_service } = await this.#server.track(this.#server.client.llmHealth());
      this.#report.set(llm_service);
    } catch {
      this.#report.set(undefined);
    }
    this.#isLoading = false;
    const intervalMs = this.#server.isUnreachable() ? unreachableIntervalMs : reachableIntervalMs;
    this.#timer = setTimeout(() => void this.refresh(), intervalMs);
  }
}
