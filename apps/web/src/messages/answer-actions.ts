import { Component, inject, input } from '@angular/core';
import { type Feedback, type Message } from '@parley/client';
import { OpenConversation } from '../open-conversation/open-conversation';
import { Notices } from '../page/notices';
import { texts } from '../texts/texts';
import { CopyButton } from '../ui/copy-button';
import { IconButton } from '../ui/icon-button';
import { Siblings } from './siblings';

/** The buttons below an answer: copy, regenerate, rate, switch between versions. */
@Component({
  selector: 'p-answer-actions',
  imports: [CopyButton, IconButton, Siblings],
  template: `
    <div class="actions">
      <p-siblings [message]="message()" />
      @if (message().content !== '') {
        <p-copy-button [text]="message().content" />
      }
      @if (message().status === 'completed' || message().status === 'cancelled') {
        <button pIconButton="again" [label]="t.regenerate" (click)="regenerate()"></button>
      }
      @if (message().content !== '') {
        @for (rating of ratings; track rating.name) {
          <button
            [pIconButton]="rating.name"
            [label]="rating.label"
            [attr.aria-pressed]="message().feedback?.rating === rating.name"
            (click)="rate(rating.name)"
          ></button>
        }
      }
    </div>
  `,
})
export class AnswerActions {
  readonly message = input.required<Message>();
  readonly #conversation = inject(OpenConversation);
  readonly #notices = inject(Notices);
  protected readonly t = texts.message;
  protected readonly ratings = [
    { name: 'up', label: texts.message.good },
    { name: 'down', label: texts.message.bad },
  ] as const;

  protected regenerate(): void {
    void this.#conversation.regenerate(this.message());
  }

  protected async rate(rating: Feedback['rating']): Promise<void> {
    try {
      await this.#conversation.rate(this.message(), { rating });
    } catch {
      this.#notices.show(this.t.feedbackFailed);
    }
  }
}
