import { Injectable, signal } from '@angular/core';

const themes = ['auto', 'light', 'dark'] as const;
/** `auto` follows the operating system. */
export type ThemeName = (typeof themes)[number];

const storageKey = 'parley.theme';

/** The color theme, kept in the browser's local storage. */
@Injectable({ providedIn: 'root' })
export class Theme {
  readonly name = signal<ThemeName>(storedTheme());

  constructor() {
    this.#apply();
  }

  /** Switches from `auto` to `light` to `dark`, and back to `auto`. */
  next(): void {
    this.name.update((name) => themes[(themes.indexOf(name) + 1) % themes.length] ?? 'auto');
    localStorage.setItem(storageKey, this.name());
    this.#apply();
  }

  #apply(): void {
    document.documentElement.dataset['theme'] = this.name();
  }
}

function storedTheme(): ThemeName {
  const name = localStorage.getItem(storageKey);
  return themes.find((theme) => theme === name) ?? 'auto';
}
