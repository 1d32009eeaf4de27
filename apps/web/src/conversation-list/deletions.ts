import { inject, Injectable } from '@angular/core';
import { type Conversation } from '@parley/client';
import { Notices } from '../page/notices';
import { Server } from '../server/server';
import { texts } from '../texts/texts';
import { ConversationList } from './conversation-list';

/**
 * Deletes conversations with a delay, during which a notice offers to undo it. Pending deletions are carried out when the
 * page is closed.
 */
@Injectable({ providedIn: 'root' })
export class Deletions {
  readonly #server = inject(Server);
  readonly #list = inject(ConversationList);
  readonly #notices = inject(Notices);
  /** Names of the conversations by id. */
  readonly #pending = new Map<string, string>();

  constructor() {
    addEventListener('pagehide', () => {
      for (const id of this.#pending.keys()) void this.#delete(id);
    });
  }

  /** Hides a conversation, and deletes it when the notice disappears. */
  schedule({ id, title }: Pick<Conversation, 'id' | 'title'>): void {
    const name = title ?? texts.sidebar.untitled;
    this.#pending.set(id, name);
    this.#list.hide(id);
    this.#notices.show(
      texts.sidebar.removed(name),
      { label: texts.notices.undo, run: () => this.#undo(id) },
      () => void this.#delete(id),
    );
  }

  #undo(id: string): void {
    this.#pending.delete(id);
    this.#list.unhide(id);
  }

  async #delete(id: string): Promise<void> {
    const name = this.#pending.get(id);
    if (name === undefined) return;
    this.#pending.delete(id);
    try {
      await this.#server.track(this.#server.client.deleteConversation(id));
    } catch {
      this.#list.unhide(id);
      this.#notices.show(texts.sidebar.removeFailed(name));
    }
  }
}
