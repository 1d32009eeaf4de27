import { Injectable, signal } from '@angular/core';

/** A short message on the page that disappears after a few seconds. */
export interface Notice {
  id: number;
  text: string;
  /** A button in the notice; `run` also dismisses it. */
  action: { label: string; run: () => void } | undefined;
}

/** How long a notice is shown, in ms. */
const displayMs = 5_000;
/** How long a notice with an action is shown, in ms. */
const displayWithActionMs = 8_000;

/** The notices that are shown. */
@Injectable({ providedIn: 'root' })
export class Notices {
  readonly #all = signal<readonly Notice[]>([]);
  /** Oldest first. */
  readonly all = this.#all.asReadonly();
  #lastId = 0;

  /** @param onExpired called when the notice disappears after its time; not when its action ran */
  show(text: string, action?: Notice['action'], onExpired?: () => void): void {
    const id = ++this.#lastId;
    const timer = setTimeout(
      () => {
        this.dismiss(id);
        onExpired?.();
      },
      action === undefined ? displayMs : displayWithActionMs,
    );
    const dismissingAction = action && {
      label: action.label,
      run: () => {
        clearTimeout(timer);
        this.dismiss(id);
        action.run();
      },
    };
    this.#all.update((all) => [...all, { id, text, action: dismissingAction }]);
  }

  /** Removes a notice. */
  dismiss(id: number): void {
    this.#all.update((all) => all.filter((notice) => notice.id !== id));
  }
}
