import { Injectable, signal } from '@angular/core';
import { type Message } from '@parley/client';

/** `new`: the conversation has no messages and is not stored yet; `missing`: the server does not have it. */
export type BranchState = 'new' | 'loading' | 'ready' | 'missing' | 'failed';

/** The branch of the open conversation that is shown: its messages and its state. */
@Injectable({ providedIn: 'root' })
export class Branch {
  readonly #messages = signal<readonly Message[]>([]);
  /** Undefined for a new conversation. */
  readonly conversationId = signal<string | undefined>(undefined);
  readonly state = signal<BranchState>('new');
  /** Oldest first. */
  readonly messages = this.#messages.asReadonly();

  /** Shows these messages instead of the current ones. */
  replace(messages: readonly Message[]): void {
    this.#messages.set(messages);
  }

  /** Replaces the message with the same id, or appends the message. */
  upsert(message: Message): void {
    this.#messages.update((all) => {
      const at = all.findIndex(({ id }) => id === message.id);
      return at < 0 ? [...all, message] : all.with(at, merged(all[at], message));
    });
  }

  /** Removes a message from the page. */
  remove(id: string): void {
    this.#messages.update((all) => all.filter((message) => message.id !== id));
  }

  /** The messages before the one with that id; all if it is not shown. */
  messagesBefore(id: string): readonly Message[] {
    const all = this.#messages();
    const at = all.findIndex((message) => message.id === id);
    return at < 0 ? all : all.slice(0, at);
  }
}

/** Messages in events lack the siblings and the feedback of messages in lists: those of the old message are kept. */
function merged(old: Message | undefined, message: Message): Message {
  const { sibling_ids, has_more_siblings, feedback } = old ?? {};
  return {
    ...(sibling_ids && { sibling_ids }),
    ...(sibling_ids && has_more_siblings !== undefined && { has_more_siblings }),
    ...(feedback && { feedback }),
    ...message,
  };
}
