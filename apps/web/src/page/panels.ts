import { Injectable, signal } from '@angular/core';

/** Which panels are open, and requests to move the keyboard focus. */
@Injectable({ providedIn: 'root' })
export class Panels {
  readonly #searchFocusRequests = signal(0);
  readonly #messageBoxFocusRequests = signal(0);
  /** Only on narrow screens, where the list of conversations covers the chat. */
  readonly isSidebarOpen = signal(false);
  readonly areShortcutsShown = signal(false);
  readonly isImportShown = signal(false);
  /** Number of calls of {@link focusSearch}. */
  readonly searchFocusRequests = this.#searchFocusRequests.asReadonly();
  /** Number of calls of {@link focusMessageBox}. */
  readonly messageBoxFocusRequests = this.#messageBoxFocusRequests.asReadonly();

  /** Opens the list of conversations and focuses its search field. */
  focusSearch(): void {
    this.isSidebarOpen.set(true);
    this.#searchFocusRequests.update((count) => count + 1);
  }

  /** Closes the list of conversations and focuses the message box. */
  focusMessageBox(): void {
    this.isSidebarOpen.set(false);
    this.#messageBoxFocusRequests.update((count) => count + 1);
  }
}
