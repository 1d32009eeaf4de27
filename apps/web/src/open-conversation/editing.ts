import { Injectable, signal } from '@angular/core';

/** Which sent message is being edited: at most one. */
@Injectable({ providedIn: 'root' })
export class Editing {
  readonly #messageId = signal<string | undefined>(undefined);
  /** Undefined if none is. */
  readonly messageId = this.#messageId.asReadonly();

  /** Opens the edit box of a message and closes any other. */
  start(id: string): void {
    this.#messageId.set(id);
  }

  /** Closes the edit box. */
  end(): void {
    this.#messageId.set(undefined);
  }
}
