import { Injectable, signal } from '@angular/core';

/** Maximum length of one announcement, in characters: more takes the browser long to lay out. */
const maxCharacters = 1_500;

/** Texts for the page's live region, which screen readers read aloud. Answers are announced whole, never word by word. */
@Injectable({ providedIn: 'root' })
export class Announcer {
  readonly #text = signal('');
  /** The latest announcement; empty before the first. */
  readonly text = this.#text.asReadonly();

  /** Replaces the announcement. Texts over 1,500 characters are cut. */
  announce(text: string): void {
    this.#text.set(text.length > maxCharacters ? `${text.slice(0, maxCharacters)} …` : text);
  }
}
