import { effect, inject, Injectable, signal, untracked } from '@angular/core';
import { Branch } from './branch';

const prefix = 'parley.draft.';

/** What was written and not sent, for each conversation; it survives a reload. */
@Injectable({ providedIn: 'root' })
export class Drafts {
  readonly #branch = inject(Branch);
  readonly #text = signal('');

  /** Of the open conversation. */
  readonly text = this.#text.asReadonly();

  constructor() {
    effect(() => {
      const text = localStorage.getItem(this.#key()) ?? '';
      untracked(() => this.#text.set(text));
    });
  }

  write(text: string): void {
    this.#text.set(text);
    if (text === '') localStorage.removeItem(this.#key());
    else localStorage.setItem(this.#key(), text);
  }

  /** What is written in the new conversation goes with it when it gets its id. */
  takeAlong(conversationId: string): void {
    localStorage.removeItem(this.#key());
    if (this.#text() !== '') localStorage.setItem(prefix + conversationId, this.#text());
  }

  forgetAll(): void {
    for (const key of Object.keys(localStorage)) if (key.startsWith(prefix)) localStorage.removeItem(key);
  }

  #key(): string {
    return prefix + (this.#branch.conversationId() ?? 'new');
  }
}
