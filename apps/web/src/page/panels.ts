import { Injectable, signal } from '@angular/core';

/** What lies beside and over the chat, and who wants to be where. */
@Injectable({ providedIn: 'root' })
export class Panels {
  readonly #searches = signal(0);
  readonly #writes = signal(0);
  /** On narrow screens the list of conversations lies over the chat. */
  readonly isSidebarOpen = signal(false);
  readonly areShortcutsShown = signal(false);
  /** Changes each time that somebody wants to search. */
  readonly searches = this.#searches.asReadonly();
  /** Changes each time that somebody wants to write a message. */
  readonly writes = this.#writes.asReadonly();

  search(): void {
    this.isSidebarOpen.set(true);
    this.#searches.update((count) => count + 1);
  }

  write(): void {
    this.isSidebarOpen.set(false);
    this.#writes.update((count) => count + 1);
  }
}
