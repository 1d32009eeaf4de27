import { Component, computed, inject, input } from '@angular/core';
import { type Message, type Run } from '@parley/client';
import { Chat } from '../open-conversation/chat';
import { texts } from '../texts/texts';
import { RunDetails } from './run-details';

/** Why an answer is not whole, and what can be done about it. */
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
  protected readonly t = texts.answer;
  protected readonly isFailed = computed(() => this.message().status === 'failed');
  protected readonly title = computed(() => {
    const { status, finish_reason } = this.message();
    if (status === 'failed' || status === 'incomplete') return this.t[status];
    return finish_reason === 'length' ? this.t.incomplete : '';
  });
  protected readonly reason = computed(() => {
    const code = this.run()?.error?.code ?? this.message().finish_reason ?? '';
    return this.t.reasons[code] ?? this.run()?.error?.message ?? '';
  });

  protected retry(): void {
    void this.#chat.regenerate(this.message());
  }
}
