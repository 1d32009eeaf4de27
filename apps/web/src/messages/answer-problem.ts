import { Component, computed, effect, inject, input, signal } from '@angular/core';
import { type Message, type Run } from '@parley/client';
import { OpenConversation } from '../open-conversation/open-conversation';
import { texts } from '../texts/texts';
import { Server } from '../server/server';
import { mayTryAgain, problemReason, problemTitle } from './answer-facts';
import { RunDetails } from './run-details';

/** A box that says why an answer failed or is incomplete, with a button that tries again. */
@Component({
  selector: 'p-answer-problem',
  imports: [RunDetails],
  template: `
    @if (title(); as title) {
      <div class="callout" [class.is-danger]="isFailed()" [attr.role]="isFailed() ? 'alert' : null">
        <p>
          <strong>{{ title }}</strong> {{ reason() }}
        </p>
        <div class="choices">
          @if (mayTryAgain()) {
            <button type="button" class="button small" (click)="retry()">{{ t.retry }}</button>
          }
          @if (message().run_id; as runId) {
            <p-run-details [runId]="runId" />
          }
        </div>
      </div>
    }
  `,
})
export class AnswerProblem {
  readonly message = input.required<Message>();
  /** Undefined if the page has not followed the run to its end. */
  readonly run = input<Run | undefined>();
  readonly #conversation = inject(OpenConversation);
  readonly #server = inject(Server);
  readonly #loaded = signal<Run | undefined>(undefined);
  readonly #run = computed(() => this.run() ?? this.#loaded());
  protected readonly t = texts.answer;
  protected readonly isFailed = computed(() => this.message().status === 'failed');
  protected readonly title = computed(() => problemTitle(this.message()));
  protected readonly reason = computed(() => problemReason(this.message(), this.#run()));
  protected readonly mayTryAgain = computed(() => mayTryAgain(this.message(), this.#run()));

  constructor() {
    effect(() => {
      const { run_id } = this.message();
      if (this.title() !== '' && this.run() === undefined && run_id !== null) void this.#load(run_id);
    });
  }

  protected retry(): void {
    void this.#conversation.regenerate(this.message());
  }

  /** Loads the reason after the page was loaded again. */
  async #load(runId: string): Promise<void> {
    try {
      this.#loaded.set(await this.#server.client.getRun(runId));
    } catch {
      // The title alone is shown.
    }
  }
}
