import { Injectable, signal } from '@angular/core';
import { type Message } from '@parley/client';

/** `new`: not stored yet, because nothing was said in it. */
export type BranchState = 'new' | 'loading' | 'ready' | 'missing' | 'failed';

/** One branch of the open conversation, as it is shown. */
@Injectable({ providedIn: 'root' })
export class Branch {
  readonly #messages = signal<readonly Message[]>([]);
  readonly conversationId = signal<string | undefined>(undefined);
  readonly state = signal<BranchState>('new');
  /** Oldest first. */
  readonly messages = this.#messages.asReadonly();

  show(messages: readonly Message[]): void {
    this.#messages.set(messages);
  }

  /** In the place of the message with that id, or at the end. */
  put(message: Message): void {
    this.#messages.update((all) => {
      const at = all.findIndex(({ id }) => id === message.id);
      return at < 0 ? [...all, message] : all.with(at, joined(all[at], message));
    });
  }

  remove(id: string): void {
    this.#messages.update((all) => all.filter((message) => message.id !== id));
  }

  /** What comes before that message. */
  before(id: string): readonly Message[] {
    const all = this.#messages();
    const at = all.findIndex((message) => message.id === id);
    return at < 0 ? all : all.slice(0, at);
  }
}

/** A list tells more of a message than an event does. */
function joined(old: Message | undefined, message: Message): Message {
  const { sibling_ids, has_more_siblings, feedback } = old ?? {};
  return {
    ...(sibling_ids && { sibling_ids }),
    ...(sibling_ids && has_more_siblings !== undefined && { has_more_siblings }),
    ...(feedback && { feedback }),
    ...message,
  };
}
