import { inject, Injectable } from '@angular/core';
import { type Conversation } from '@parley/client';
import { Server } from '../server/server';
import { Notices } from '../page/notices';
import { texts } from '../texts/texts';
import { ConversationList } from './conversation-list';

/** Deletes conversations a little later, so that it can be undone. Closing the page does not save them. */
@Injectable({ providedIn: 'root' })
export class Deletions {
  readonly #server = inject(Server);
  readonly #list = inject(ConversationList);
  readonly #notices = inject(Notices);
  readonly #pending = new Map<string, string>();

  constructor() {
    addEventListener('pagehide', () => {
      for (const id of this.#pending.keys()) void this.#delete(id);
    });
  }

  begin({ id, title }: Pick<Conversation, 'id' | 'title'>): void {
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
    this.#list.show(id);
  }

  async #delete(id: string): Promise<void> {
    const name = this.#pending.get(id);
    if (name === undefined) return;
    this.#pending.delete(id);
    try {
      await this.#server.heed(this.#server.client.deleteConversation(id));
    } catch {
      this.#list.show(id);
      this.#notices.show(texts.sidebar.removeFailed(name));
    }
  }
}
