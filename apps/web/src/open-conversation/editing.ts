import { Injectable, signal } from '@angular/core';

/** Which message is being edited; one at a time. */
@Injectable({ providedIn: 'root' })
export class Editing {
  readonly #messageId = signal<string | undefined>(undefined);
  readonly messageId = this.#messageId.asReadonly();

  begin(id: string): void {
    this.#messageId.set(id);
  }

  end(): void {
    this.#messageId.set(undefined);
  }
}
