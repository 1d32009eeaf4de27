import { Injectable, signal } from '@angular/core';

/** Whether the window is too narrow for a list beside the chat. The style sheets use the same width. */
@Injectable({ providedIn: 'root' })
export class Narrow {
  readonly #query = matchMedia('(width < 52rem)');
  readonly #matches = signal(this.#query.matches);
  readonly matches = this.#matches.asReadonly();

  constructor() {
    this.#query.addEventListener('change', ({ matches }) => this.#matches.set(matches));
  }
}
