import { Component, inject, input } from '@angular/core';
import { type Feedback, type Message } from '@parley/client';
import { Chat } from '../chat/chat';
import { Siblings } from '../chat/siblings';
import { sentenceFor } from '../server/server';
import { Notices } from '../shell/notices';
import { texts } from '../texts/texts';
import { CopyButton } from '../ui/copy-button';
import { Icon } from '../ui/icon';

/** What can be done with an answer. */
@Component({
  selector: 'p-answer-actions',
  imports: [CopyButton, Icon, Siblings],
  template: `
    <div class="actions">
      <p-siblings [message]="message()" />
      @if (message().content !== '' || message().status === 'completed') {
        <p-copy-button [text]="message().content" />
        <button
          type="button"
          class="icon-button"
          [attr.aria-label]="t.regenerate"
          [title]="t.regenerate"
          (click)="regenerate()"
        >
          <p-icon name="again" />
        </button>
        @for (rating of ratings; track rating.name) {
          <button
            type="button"
            class="icon-button"
            [attr.aria-label]="rating.label"
            [title]="rating.label"
            [attr.aria-pressed]="message().feedback?.rating === rating.name"
            (click)="rate(rating.name)"
          >
            <p-icon [name]="rating.name" />
          </button>
        }
      }
    </div>
  `,
})
export class AnswerActions {
  readonly message = input.required<Message>();
  readonly #chat = inject(Chat);
  readonly #notices = inject(Notices);
  protected readonly t = texts.message;
  protected readonly ratings = [
    { name: 'up', label: texts.message.good },
    { name: 'down', label: texts.message.bad },
  ] as const;

  protected async regenerate(): Promise<void> {
    try {
      await this.#chat.regenerate(this.message());
    } catch (error) {
      this.#notices.show(sentenceFor(error));
    }
  }

  protected async rate(rating: Feedback['rating']): Promise<void> {
    try {
      await this.#chat.rate(this.message(), { rating });
    } catch {
      this.#notices.show(this.t.feedbackFailed);
    }
  }
}
