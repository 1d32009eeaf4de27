import { Injectable, signal } from '@angular/core';

export interface Notice {
  id: number;
  text: string;
  action: { label: string; run: () => void } | undefined;
}

/** How long a notice stays, in ms; one that offers something stays a little longer. */
const stayMs = 5_000;
const stayWithActionMs = 8_000;

/** Short words about something that happened, which go by themselves. */
@Injectable({ providedIn: 'root' })
export class Notices {
  readonly #all = signal<readonly Notice[]>([]);
  readonly all = this.#all.asReadonly();
  #last = 0;

  /** @param onGone told when it went without its action having been taken */
  show(text: string, action?: Notice['action'], onGone?: () => void): void {
    const id = ++this.#last;
    const run = action?.run;
    const timer = setTimeout(
      () => {
        this.dismiss(id);
        onGone?.();
      },
      action === undefined ? stayMs : stayWithActionMs,
    );
    const taken = action && {
      ...action,
      run: () => {
        clearTimeout(timer);
        this.dismiss(id);
        run?.();
      },
    };
    this.#all.update((all) => [...all, { id, text, action: taken }]);
  }

  dismiss(id: number): void {
    this.#all.update((all) => all.filter((notice) => notice.id !== id));
  }
}
