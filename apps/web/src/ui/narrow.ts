import { Injectable, signal } from '@angular/core';

/** Whether the list of conversations has no room beside the chat; the style sheets have the same width. */
@Injectable({ providedIn: 'root' })
export class Narrow {
  readonly #query = matchMedia('(width < 52rem)');
  readonly #matches = signal(this.#query.matches);
  readonly matches = this.#matches.asReadonly();

  constructor() {
    this.#query.addEventListener('change', ({ matches }) => this.#matches.set(matches));
  }
}
