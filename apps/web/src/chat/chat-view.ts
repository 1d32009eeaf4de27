import { Component, effect, inject, untracked } from '@angular/core';
import { ConversationList } from '../conversation-list/conversation-list';
import { Branch } from '../open-conversation/branch';
import { LiveAnswers } from '../open-conversation/live-answers';
import { OpenConversation } from '../open-conversation/open-conversation';
import { Notices } from '../page/notices';
import { PageLocation } from '../page/page-location';
import { Panels } from '../page/panels';
import { shortcutOf } from '../page/shortcuts';
import { LlmStatus } from '../server/llm-status';
import { Server } from '../server/server';
import { SessionKey } from '../server/session-key';
import { texts } from '../texts/texts';
import { copyText } from '../ui/clipboard';
import { Composer } from './composer';
import { EmptyChat } from './empty-chat';
import { Thread } from './thread';

/** The open conversation with the message box. It opens the conversation in the page's address. */
@Component({
  selector: 'p-chat',
  imports: [Composer, EmptyChat, Thread],
  templateUrl: './chat-view.html',
  host: { class: 'chat', '(document:keydown)': 'onKey($event)' },
})
export class ChatView {
  readonly #answers = inject(LiveAnswers);
  readonly #list = inject(ConversationList);
  readonly #llm = inject(LlmStatus);
  readonly #notices = inject(Notices);
  readonly #panels = inject(Panels);
  readonly #location = inject(PageLocation);
  readonly #key = inject(SessionKey);
  protected readonly t = texts;
  protected readonly branch = inject(Branch);
  protected readonly conversation = inject(OpenConversation);
  protected readonly server = inject(Server);

  constructor() {
    effect(() => {
      const { conversationId, messageId } = this.#location.address();
      untracked(() => void this.conversation.open(conversationId, messageId));
    });
    effect(() => {
      if (!this.server.isUnreachable() && !this.#key.isRequired()) untracked(() => this.#loadWhatFailed());
    });
  }

  protected onKey(event: KeyboardEvent): void {
    const shortcut = shortcutOf(event);
    if (shortcut === 'escape') this.#escape(event);
    if (shortcut !== 'copy') return;
    event.preventDefault();
    const last = this.branch.messages().findLast(({ role }) => role === 'assistant');
    if (last !== undefined) void this.#copy(last.content);
  }

  protected start(): void {
    this.#location.navigate();
    this.#panels.focusMessageBox();
  }

  protected tryNow(): void {
    this.server.retryNow();
    void this.#llm.refresh();
  }

  async #copy(text: string): Promise<void> {
    const { copied, copyFailed } = this.t.message;
    this.#notices.show((await copyText(text)) ? copied : copyFailed);
  }

  #escape(event: KeyboardEvent): void {
    if (event.defaultPrevented || document.querySelector('dialog[open]') !== null) return;
    if (this.#panels.isSidebarOpen()) this.#panels.isSidebarOpen.set(false);
    else if (this.#answers.running().length > 0) void this.#answers.cancelAll().catch(() => undefined);
  }

  /** Called at the start, when the server responds again, and after sign-in. */
  #loadWhatFailed(): void {
    void this.#llm.refresh();
    if (this.#list.state() !== 'ready') void this.#list.load();
    if (this.branch.state() === 'failed') void this.conversation.reload();
  }
}
