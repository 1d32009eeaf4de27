import { effect, inject, Injectable } from '@angular/core';
import { ConversationList } from '../conversation-list/conversation-list';
import { Branch } from '../open-conversation/branch';

/** Polling interval, in ms. */
const intervalMs = 4_000;
/** Maximum number of conversations per poll. */
const maxConversations = 5;

/** Polls conversations with a running answer that are not open, so that the list shows when the answer has finished. */
@Injectable({ providedIn: 'root' })
export class ActiveConversations {
  readonly #list = inject(ConversationList);
  readonly #branch = inject(Branch);

  constructor() {
    effect((onCleanup) => {
      const open = this.#branch.conversationId();
      const active = this.#list
        .items()
        .filter(({ id, active_run_id }) => active_run_id !== null && id !== open);
      if (active.length === 0) return;
      const timer = setTimeout(() => {
        for (const { id } of active.slice(0, maxConversations)) void this.#list.reloadInPlace(id);
      }, intervalMs);
      onCleanup(() => clearTimeout(timer));
    });
  }
}
