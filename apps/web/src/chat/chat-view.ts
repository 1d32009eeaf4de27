import { Component, effect, inject, untracked } from '@angular/core';
import { Answers } from '../open-conversation/answers';
import { ConversationList } from '../conversation-list/conversation-list';
import { LlmStatus } from '../server/llm-status';
import { Server } from '../server/server';
import { SessionKey } from '../server/session-key';
import { Notices } from '../page/notices';
import { Panels } from '../page/panels';
import { Route } from '../page/route';
import { shortcutOf } from '../page/shortcuts';
import { texts } from '../texts/texts';
import { copyText } from '../ui/clipboard';
import { Branch } from '../open-conversation/branch';
import { Chat } from '../open-conversation/chat';
import { Composer } from './composer';
import { EmptyChat } from './empty-chat';
import { Thread } from './thread';

/** The open conversation, and the box for the next message. */
@Component({
  selector: 'p-chat',
  imports: [Composer, EmptyChat, Thread],
  templateUrl: './chat-view.html',
  host: { class: 'chat', '(document:keydown)': 'onKey($event)' },
})
export class ChatView {
  readonly #answers = inject(Answers);
  readonly #list = inject(ConversationList);
  readonly #llm = inject(LlmStatus);
  readonly #notices = inject(Notices);
  readonly #panels = inject(Panels);
  readonly #route = inject(Route);
  readonly #key = inject(SessionKey);
  protected readonly t = texts;
  protected readonly branch = inject(Branch);
  protected readonly chat = inject(Chat);
  protected readonly server = inject(Server);

  constructor() {
    effect(() => {
      const { conversationId, messageId } = this.#route.place();
      untracked(() => void this.chat.open(conversationId, messageId));
    });
    effect(() => {
      if (!this.server.isAway() && !this.#key.isWanted()) untracked(() => this.#loadWhatFailed());
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
    this.#route.go();
    this.#panels.write();
  }

  protected tryNow(): void {
    this.server.wake();
    void this.#llm.look();
  }

  async #copy(text: string): Promise<void> {
    const { copied, copyFailed } = this.t.message;
    this.#notices.show((await copyText(text)) ? copied : copyFailed);
  }

  #escape(event: KeyboardEvent): void {
    if (event.defaultPrevented || document.querySelector('dialog[open]') !== null) return;
    if (this.#panels.isSidebarOpen()) this.#panels.isSidebarOpen.set(false);
    else if (this.#answers.running().length > 0) void this.#answers.stop().catch(() => undefined);
  }

  /** At the start, when the server is back, and when the key is there that it wanted. */
  #loadWhatFailed(): void {
    void this.#llm.look();
    if (this.#list.state() !== 'ready') void this.#list.load();
    if (this.branch.state() === 'failed') void this.chat.reload();
  }
}
