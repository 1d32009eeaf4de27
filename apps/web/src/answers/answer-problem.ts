import { Component, computed, inject, input } from '@angular/core';
import { type Message, type Run } from '@parley/client';
import { Chat } from '../chat/chat';
import { sentenceFor } from '../server/server';
import { Notices } from '../shell/notices';
import { texts } from '../texts/texts';
import { RunDetails } from './run-details';

/** Why an answer is not whole, and what can be done about it. */
@Component({
  selector: 'p-answer-problem',
  imports: [RunDetails],
  template: `
    @if (title(); as title) {
      <div
        class="callout"
        [class.is-danger]="isFailed()"
        [class.is-quiet]="message().status === 'cancelled'"
        [attr.role]="isFailed() ? 'alert' : null"
      >
        <p>
          <strong>{{ title }}</strong> {{ reason() }}
        </p>
        <div class="choices">
          <button type="button" class="button small" (click)="retry()">{{ t.retry }}</button>
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
  /** If the page has seen it end. */
  readonly run = input<Run | undefined>();
  readonly #chat = inject(Chat);
  readonly #notices = inject(Notices);
  protected readonly t = texts.answer;
  protected readonly isFailed = computed(() => this.message().status === 'failed');
  protected readonly title = computed(() => {
    const { status } = this.message();
    if (status === 'failed' || status === 'incomplete' || status === 'cancelled') return this.t[status];
    return this.message().finish_reason === 'length' ? this.t.incomplete : '';
  });
  protected readonly reason = computed(() => {
    const { status, finish_reason } = this.message();
    if (status === 'cancelled') return '';
    const code = this.run()?.error?.code ?? finish_reason ?? '';
    return this.t.reasons[code] ?? this.run()?.error?.message ?? '';
  });

  protected async retry(): Promise<void> {
    try {
      await this.#chat.regenerate(this.message());
    } catch (error) {
      this.#notices.show(sentenceFor(error));
    }
  }
}
