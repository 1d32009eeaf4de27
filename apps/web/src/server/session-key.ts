import { Injectable, signal } from '@angular/core';

const storageKey = 'parley.key';

/** The API key: in the session storage, and nowhere else. */
@Injectable({ providedIn: 'root' })
export class SessionKey {
  readonly #value = signal(sessionStorage.getItem(storageKey) ?? undefined);

  /** Undefined while there is none. */
  readonly value = this.#value.asReadonly();
  /** The server has refused a request for want of a key, or of another one. */
  readonly isWanted = signal(false);

  keep(key: string): void {
    sessionStorage.setItem(storageKey, key);
    this.#value.set(key);
    this.isWanted.set(false);
  }

  forget(): void {
    sessionStorage.removeItem(storageKey);
    this.#value.set(undefined);
  }
}
