import { Component, computed, inject, input } from '@angular/core';
import { type Message, type OnBusy, ProblemError } from '@parley/client';
import { sentenceFor } from '../server/server';
import { texts } from '../texts/texts';
import { CopyButton } from '../ui/copy-button';
import { IconButton } from '../ui/icon-button';
import { Chat } from '../open-conversation/chat';
import { Drafts } from '../open-conversation/drafts';
import { EditBox } from './edit-box';
import { Editing } from '../open-conversation/editing';
import { Sending } from '../open-conversation/sending';
import { Siblings } from './siblings';

/** What the user said. */
@Component({
  selector: 'p-user-message',
  imports: [CopyButton, EditBox, IconButton, Siblings],
  templateUrl: './user-message.html',
  host: { class: 'message from-user' },
})
export class UserMessage {
  readonly message = input.required<Message>();
  readonly #chat = inject(Chat);
  readonly #drafts = inject(Drafts);
  readonly #sending = inject(Sending);

  protected readonly t = texts;
  protected readonly editing = inject(Editing);
  protected readonly outgoing = computed(() => this.#sending.outgoing().get(this.message().id));
  protected readonly isEdited = computed(() => this.editing.messageId() === this.message().id);
  protected readonly isBusyElsewhere = computed(() => {
    const error = this.outgoing()?.error;
    return error instanceof ProblemError && error.code === 'conversation_busy';
  });
  protected readonly problem = computed(() =>
    this.isBusyElsewhere() ? texts.message.busyElsewhere : sentenceFor(this.outgoing()?.error),
  );

  protected save(content: string): void {
    this.editing.end();
    this.#sending.edit(this.message(), content, this.#chat.isBusy() ? 'interrupt' : undefined);
  }

  protected sendAgain(onBusy?: OnBusy): void {
    this.#sending.again(this.message().id, onBusy);
  }

  protected takeBack(): void {
    this.#drafts.write(this.#sending.takeBack(this.message().id));
  }
}
