import { effect, inject, Injectable } from '@angular/core';
import { Branch } from '../open-conversation/branch';
import { ConversationList } from '../conversation-list/conversation-list';

/** Between two looks, in ms, and at how many conversations at once. */
const betweenMs = 4_000;
const most = 5;

/** Looks at conversations whose answers are written while another one is open, to tell when they are over. */
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
        for (const { id } of active.slice(0, most)) void this.#list.look(id);
      }, betweenMs);
      onCleanup(() => clearTimeout(timer));
    });
  }
}
