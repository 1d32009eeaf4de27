import { Injectable, signal } from '@angular/core';

const storageKey = 'parley.key';

/** The API key. It is kept in the tab's session storage only. */
@Injectable({ providedIn: 'root' })
export class SessionKey {
  readonly #value = signal(sessionStorage.getItem(storageKey) ?? undefined);

  /** Undefined while there is none. */
  readonly value = this.#value.asReadonly();
  /** The server has refused a request because its key was missing or invalid. */
  readonly isRequired = signal(false);

  /** Keeps a key that the server has accepted. */
  store(key: string): void {
    sessionStorage.setItem(storageKey, key);
    this.#value.set(key);
    this.isRequired.set(false);
  }

  /** Removes the key. */
  clear(): void {
    sessionStorage.removeItem(storageKey);
    this.#value.set(undefined);
  }
}
