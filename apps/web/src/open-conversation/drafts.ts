import { effect, inject, Injectable, signal, untracked } from '@angular/core';
import { Branch } from './branch';

const prefix = 'parley.draft.';

/** The unsent text of each conversation's message box, kept in the browser's local storage. */
@Injectable({ providedIn: 'root' })
export class Drafts {
  readonly #branch = inject(Branch);
  readonly #text = signal('');

  /** The draft of the open conversation. */
  readonly text = this.#text.asReadonly();

  constructor() {
    effect(() => {
      const text = localStorage.getItem(this.#key()) ?? '';
      untracked(() => this.#text.set(text));
    });
  }

  /** Stores the draft of the open conversation; an empty text removes it. */
  save(text: string): void {
    this.#text.set(text);
    if (text === '') localStorage.removeItem(this.#key());
    else localStorage.setItem(this.#key(), text);
  }

  /** Moves the draft of the new conversation to the id that the server has assigned. */
  moveTo(conversationId: string): void {
    localStorage.removeItem(this.#key());
    if (this.#text() !== '') localStorage.setItem(prefix + conversationId, this.#text());
  }

  /** Removes the drafts of all conversations. */
  removeAll(): void {
    for (const key of Object.keys(localStorage)) if (key.startsWith(prefix)) localStorage.removeItem(key);
  }

  #key(): string {
    return prefix + (this.#branch.conversationId() ?? 'new');
  }
}
