import { Component, computed, inject, input } from '@angular/core';
import { type Message, type OnBusy, ProblemError } from '@parley/client';
import { Drafts } from '../open-conversation/drafts';
import { Editing } from '../open-conversation/editing';
import { OpenConversation } from '../open-conversation/open-conversation';
import { OutgoingMessages } from '../open-conversation/outgoing-messages';
import { errorText } from '../server/request-errors';
import { texts } from '../texts/texts';
import { CopyButton } from '../ui/copy-button';
import { IconButton } from '../ui/icon-button';
import { EditBox } from './edit-box';
import { Siblings } from './siblings';

/** A message of the user: its text, its edit box, and whether it has been sent. */
@Component({
  selector: 'p-user-message',
  imports: [CopyButton, EditBox, IconButton, Siblings],
  templateUrl: './user-message.html',
  host: { class: 'message from-user' },
})
export class UserMessage {
  readonly message = input.required<Message>();
  readonly #conversation = inject(OpenConversation);
  readonly #drafts = inject(Drafts);
  readonly #outgoing = inject(OutgoingMessages);

  protected readonly t = texts;
  protected readonly editing = inject(Editing);
  protected readonly outgoing = computed(() => this.#outgoing.all().get(this.message().id));
  protected readonly isEdited = computed(() => this.editing.messageId() === this.message().id);
  protected readonly isConversationBusy = computed(() => {
    const error = this.outgoing()?.error;
    return error instanceof ProblemError && error.code === 'conversation_busy';
  });
  protected readonly problem = computed(() =>
    this.isConversationBusy() ? texts.message.conversationBusy : errorText(this.outgoing()?.error),
  );

  protected save(content: string): void {
    this.editing.end();
    this.#outgoing.edit(this.message(), content, this.#conversation.isBusy() ? 'interrupt' : undefined);
  }

  protected resend(onBusy?: OnBusy): void {
    this.#outgoing.resend(this.message().id, onBusy);
  }

  protected withdraw(): void {
    this.#drafts.save(this.#outgoing.withdraw(this.message().id));
  }
}
