import { computed, effect, inject, Injectable, signal, untracked } from '@angular/core';
import { type LlmHealth } from '@parley/client';
import { Server } from './server';

/** Between two looks, in ms: while all is well, and while the server is away. */
const calmMs = 15_000;
const awayMs = 2_000;

/** How the LLM servers are, looked at again and again while somebody sees the page. */
@Injectable({ providedIn: 'root' })
export class LlmStatus {
  readonly #server = inject(Server);
  readonly #report = signal<LlmHealth['llm_service'] | undefined>(undefined);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isLooking = false;

  readonly report = this.#report.asReadonly();
  readonly status = computed(() =>
    this.#server.isAway() ? 'unknown' : (this.#report()?.status ?? 'unknown'),
  );

  constructor() {
    document.addEventListener('visibilitychange', () => void this.look());
    effect(() => {
      this.#server.isAway();
      untracked(() => void this.look());
    });
  }

  /** Looks now, and goes on from there. */
  async look(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#isLooking || document.hidden) return;
    this.#isLooking = true;
    try {
      const { llm_service } = await this.#server.heed(this.#server.client.llmHealth());
      this.#report.set(llm_service);
    } catch {
      this.#report.set(undefined);
    }
    this.#isLooking = false;
    this.#timer = setTimeout(() => void this.look(), this.#server.isAway() ? awayMs : calmMs);
  }
}
