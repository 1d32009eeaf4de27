import { Injectable, signal } from '@angular/core';

/** Longest that is read out at once, in characters. */
const longest = 1_500;

/** Says to screen readers what others see; never a word at a time. */
@Injectable({ providedIn: 'root' })
export class Announcer {
  readonly #words = signal('');
  readonly words = this.#words.asReadonly();

  say(words: string): void {
    this.#words.set(words.length > longest ? `${words.slice(0, longest)} …` : words);
  }
}
