import { Injectable, signal } from '@angular/core';

export const themes = ['auto', 'light', 'dark'] as const;
export type ThemeName = (typeof themes)[number];

const storageKey = 'parley.theme';

/** Light, dark, or what the system says. */
@Injectable({ providedIn: 'root' })
export class Theme {
  readonly name = signal<ThemeName>(stored());

  constructor() {
    this.#show();
  }

  next(): void {
    this.name.update((name) => themes[(themes.indexOf(name) + 1) % themes.length] ?? 'auto');
    localStorage.setItem(storageKey, this.name());
    this.#show();
  }

  #show(): void {
    document.documentElement.dataset['theme'] = this.name();
  }
}

function stored(): ThemeName {
  const name = localStorage.getItem(storageKey);
  return themes.find((theme) => theme === name) ?? 'auto';
}
